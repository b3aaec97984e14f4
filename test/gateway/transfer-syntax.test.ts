import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { BodyPeek } from '../../src/gateway/body-peek.ts';
import { peekTransferSyntax } from '../../src/gateway/file-transfer-syntax.ts';
import { dicomFile } from '../support/archive.ts';
import { startTestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { type QuirkyAnswer, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const rle = '1.2.840.10008.1.2.5';
const uids = { StudyInstanceUID: image.study, SeriesInstanceUID: image.series, SOPInstanceUID: image.instance };
const file = dicomFile({ ...uids, PixelData: { fragments: [Buffer.alloc(0), Buffer.alloc(70)] } }, rle);

describe('an origin that answers in a transfer syntax other than the one asked for', () => {
  const says = (contentType: string): QuirkyAnswer => {
    return (socket) => reply(socket, { headers: { 'content-type': contentType }, body: file });
  };

  test.each(['application/dicom', 'application/octet-stream', `application/dicom; transfer-syntax=${rle}`])(
    'and says %s is found out',
    async (contentType) => {
      await using origin = await startQuirkyOrigin(says(contentType));
      await using gateway = await startTestGateway(origin.url);
      const { url } = gateway.links.native('test', image, { transferSyntaxUID: explicitLittleEndian });
      const response = await fetch(url);
      expect(response.status).toBe(406);
      expect(await response.json()).toMatchObject({ code: 'REPRESENTATION_UNAVAILABLE' });
      const right = await fetch(gateway.links.native('test', image, { transferSyntaxUID: rle }).url);
      expect(right.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${rle}`);
      expect(Buffer.from(await right.arrayBuffer()).equals(file)).toBe(true);
    },
  );
});

describe('looking into a DICOM file for its transfer syntax', () => {
  test.each([1, 7, 132, 400, 100_000])('leaves a body of pieces of %i bytes whole', async (size) => {
    const pieces = Array.from({ length: Math.ceil(file.length / size) }, (_, index) =>
      file.subarray(index * size, (index + 1) * size),
    );
    const body = Readable.from(pieces, { objectMode: false });
    const peek = new BodyPeek(body);
    expect(await peekTransferSyntax(peek)).toBe(rle);
    expect((await buffer(peek.body())).equals(file)).toBe(true);
  });

  test('leaves a body larger than its beginning whole', async () => {
    const large = Buffer.concat([file, Buffer.alloc(300_000, 7)]);
    const body = Readable.from([large.subarray(0, 150_000), large.subarray(150_000)], { objectMode: false });
    const peek = new BodyPeek(body);
    expect(await peekTransferSyntax(peek)).toBe(rle);
    expect((await buffer(peek.body())).equals(large)).toBe(true);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no preamble', Buffer.from('DICM')],
    ['a preamble alone', file.subarray(0, 132)],
    ['another file', Buffer.alloc(2000, 1)],
    ['a meta header cut short', file.subarray(0, 150)],
  ])('finds none in %s', async (_, bytes) => {
    const body = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
    const peek = new BodyPeek(body);
    expect(await peekTransferSyntax(peek)).toBeNull();
    expect((await buffer(peek.body())).equals(bytes)).toBe(true);
  });

  test('fails as the body does', async () => {
    const body = new Readable({ read: () => {} });
    const peeked = peekTransferSyntax(new BodyPeek(body));
    body.destroy(new Error('broken off'));
    await expect(peeked).rejects.toThrow('broken off');
  });

  test('waits for a body that comes in drops, and lets others work meanwhile', async () => {
    const pieces = [file.subarray(0, 100), file.subarray(100)];
    const body = new Readable({
      read() {
        setTimeout(() => this.push(pieces.shift() ?? null), 5);
      },
    });
    const peek = new BodyPeek(body);
    expect(await peekTransferSyntax(peek)).toBe(rle);
    expect((await buffer(peek.body())).equals(file)).toBe(true);
  });

  test('gives the body up with what was made of it, also before any of it was read', async () => {
    const body = new Readable({ read: () => {} });
    body.push(Buffer.alloc(10_000));
    const peek = new BodyPeek(body);
    await peek.head(10);
    peek.body().destroy();
    await expect.poll(() => body.destroyed).toBe(true);
  });
});
