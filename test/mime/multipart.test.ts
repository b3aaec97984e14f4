import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MultipartReader } from '../../src/mime/multipart-reader.ts';
import { MultipartError, MultipartScanner } from '../../src/mime/multipart-scanner.ts';
import { rejectionOf } from '../support/origin-client.ts';

interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A stream of these chunks and no other. */
const streamOf = (...chunks: (string | Buffer)[]): Readable =>
  Readable.from(chunks.map((chunk) => (typeof chunk === 'string' ? latin1(chunk) : chunk)));

async function partsOf(source: Readable, boundary: string | null): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of new MultipartReader(source, boundary)) {
    parts.push({ headers: Object.fromEntries(part.headers), body: (await buffer(part.body)).toString('latin1') });
  }
  return parts;
}

/** What the scanner tells of these chunks, without how the data was cut. */
function scanned(chunks: readonly Buffer[], boundary: string | null): unknown[] {
  const scanner = new MultipartScanner(boundary);
  const told: unknown[] = [];
  let data = '';
  const tell = (what: unknown): void => {
    if (data !== '') told.push(data);
    data = '';
    told.push(what);
  };
  try {
    for (const chunk of chunks) {
      scanner.feed(chunk);
      for (let event = scanner.next(); event; event = scanner.next()) {
        if (event.kind === 'data') data += event.bytes.toString('latin1');
        else tell(event.kind === 'part' ? Object.fromEntries(event.headers) : event.kind);
      }
    }
    scanner.finish();
  } catch (error) {
    if (!(error instanceof MultipartError)) throw error;
    tell(error.message);
  }
  return told;
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at >= bytes.length) break;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return at < bytes.length ? [...chunks, bytes.subarray(at)] : chunks;
}

const part = (body: string, headers: Part['headers'] = {}): Part => ({ headers, body });

describe('parts are read as origins write them', () => {
  const written: [what: string, text: string, boundary: string | null, expected: Part[]][] = [
    [
      'two parts',
      '--b\r\nContent-Type: image/jp2\r\nX: 1\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n',
      'b',
      [part('one', { 'content-type': 'image/jp2', x: '1' }), part('two')],
    ],
    ['no parts', '--b--', 'b', []],
    ['a part without a body', '--b\r\nX: 1\r\n\r\n\r\n--b--', 'b', [part('', { x: '1' })]],
    ['a part without the line end of a body', '--b\r\nX: 1\r\n\r\n--b--', 'b', [part('', { x: '1' })]],
    ['preamble and epilogue', 'hello\r\n\r\n--b\r\n\r\none\r\n--b--\r\n--b\r\nno', 'b', [part('one')]],
    ['a line end first', '\r\n--b\r\n\r\none\r\n--b--', 'b', [part('one')]],
    ['spaces behind a boundary', '--b \t\r\n\r\none\r\n--b  \r\n\r\ntwo\r\n--b--', 'b', [part('one'), part('two')]],
    ['a folded header', '--b\r\nX: 1;\r\n\t y=2\r\n\r\none\r\n--b--', 'b', [part('one', { x: '1; y=2' })]],
    [
      'lines that end with LF',
      '--b\nX: 1\n\no\r\nne\r\n--b--\n--b\n\ntwo\n--b--',
      'b',
      [part('o\r\nne\r', { x: '1' })],
    ],
    ['line ends around the body', '--b\r\n\r\n\r\none\r\n\r\n\r\n--b--', 'b', [part('\r\none\r\n\r\n')]],
    ['no boundary parameter', '--x y=(1)\r\n\r\none\r\n--x y=(1)--', null, [part('one')]],
    ['no boundary parameter, line ends first', '\r\n\r\n--b\r\n\r\none\r\n--b--', null, [part('one')]],
    [
      'data that looks like a boundary',
      '--b\r\n\r\n\r\n--bc\r\n--b-\r\n--b x\r\n-\r\n--\n--b--\n--b\n \r--b\r\n--b--',
      'b',
      [part('\r\n--bc\r\n--b-\r\n--b x\r\n-\r\n--\n--b--\n--b\n \r--b')],
    ],
    ['a preamble that looks like a boundary', 'x--b\r\n--bc\r\n--b\r\n\r\none\r\n--b--', 'b', [part('one')]],
  ];

  test.each(written)('%s', async (_, text, boundary, expected) => {
    expect(await partsOf(streamOf(text), boundary)).toEqual(expected);
    expect(await partsOf(streamOf(...text), boundary)).toEqual(expected);
  });
});

describe('any bytes in any chunks', () => {
  const boundary = 'bo-un--dary';
  /** Bytes of all kinds, with many a piece of a boundary among them. */
  const bytes = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1')),
        fc.constantFrom(
          '\r',
          '\n',
          '\r\n',
          '-',
          '--',
          `--${boundary}`,
          `\r\n--${boundary}`,
          `\r\n--${boundary}-`,
          'bo',
        ),
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join(''));
  const isBody = (body: string): boolean => !/\r\n--bo-un--dary(?:--|[ \t]*\r\n)/.test(`\r\n${body}\r\n`);
  const bodies = fc.array(bytes.filter(isBody), { minLength: 1, maxLength: 4 });
  const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 });
  const written = (all: readonly string[]): Buffer =>
    latin1(`${all.map((body, n) => `--${boundary}\r\nN: ${n}\r\n\r\n${body}\r\n`).join('')}--${boundary}--`);

  test('come back as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, lengths, async (all, cuts) => {
        const chunks = cut(written(all), cuts);
        const expected = all.map((body, n) => part(body, { n: String(n) }));
        expect(await partsOf(streamOf(...chunks), boundary)).toEqual(expected);
        expect(await partsOf(streamOf(...chunks), null)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('are an error wherever they are cut off', () => {
    fc.assert(
      fc.property(bodies, lengths, fc.nat(), (all, cuts, at) => {
        const whole = written(all);
        const half = whole.subarray(0, at % whole.length);
        expect(scanned(cut(half, cuts), boundary).at(-1)).toBe('it ends before its closing boundary');
      }),
      { numRuns: 300 },
    );
  });

  test('are read the same however they come', () => {
    fc.assert(
      fc.property(bytes, lengths, fc.constantFrom(boundary, null), (text, cuts, parameter) => {
        const all = latin1(`--${boundary}\r\n\r\n${text}`);
        expect(scanned(cut(all, cuts), parameter)).toEqual(scanned([all], parameter));
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is not multipart is refused', () => {
  test.each([
    ['text without a boundary parameter', 'Internal Server Error\r\n', null],
    ['a first line without an end', `--${'x'.repeat(2_000)}`, null],
    ['text', 'x'.repeat(100_000), 'b'],
    ['endless headers', `--b\r\n${'X: 1\r\n'.repeat(5_000)}`, 'b'],
    ['an endless header', `--b\r\nX: ${'1'.repeat(20_000)}`, 'b'],
  ])('%s', async (_, text, boundary) => {
    const error = await rejectionOf(partsOf(streamOf(text), boundary));
    expect(error).toBeInstanceOf(MultipartError);
    expect(error).toMatchObject({ truncated: false });
  });

  test('a body that ends before its closing boundary fails, whatever was read of it', async () => {
    const reader = new MultipartReader(streamOf('--b\r\n\r\none', 'two'), 'b', { only: true });
    const body = (await reader.next())?.body;
    let read = '';
    const error = await rejectionOf(
      (async () => {
        for await (const chunk of body ?? []) read += String(chunk);
      })(),
    );
    expect('onetwo'.startsWith(read)).toBe(true);
    expect(error).toMatchObject({ truncated: true });
  });

  test('a second part is an error where one is to come', async () => {
    const reader = new MultipartReader(streamOf('--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--'), 'b', { only: true });
    const body = (await reader.next())?.body;
    expect(await rejectionOf(buffer(body ?? streamOf()))).toBeInstanceOf(MultipartError);
  });

  test.each([2, 4])('a part that is not as long as it says is an error: %i bytes for 3', async (length) => {
    const source = streamOf(`--b\r\nContent-Length: ${length}\r\n\r\none\r\n--b--`);
    expect(await rejectionOf(partsOf(source, 'b'))).toBeInstanceOf(MultipartError);
  });

  test('a source that fails fails the part that is read, and then the reader', async () => {
    const source = new Readable({ read() {} });
    source.push('--b\r\n\r\none');
    const reader = new MultipartReader(source, 'b');
    const body = (await reader.next())?.body ?? streamOf();
    source.destroy(new Error('broken'));
    expect(await rejectionOf(buffer(body))).toMatchObject({ message: 'broken' });
    expect(await rejectionOf(reader.next())).toMatchObject({ message: 'broken' });
  });
});

describe('flow', () => {
  /** A part that never ends, and how much of it was asked for. */
  function endless(): { source: Readable; taken: () => number } {
    let taken = 0;
    const source = new Readable({
      read() {
        const chunk = taken === 0 ? latin1('--b\r\n\r\n') : Buffer.alloc(65_536, '\r\n-');
        taken += chunk.length;
        this.push(chunk);
      },
    });
    return { source, taken: () => taken };
  }

  test('a reader that does not read stops the source', async () => {
    const { source, taken } = endless();
    const body = (await new MultipartReader(source, 'b').next())?.body ?? streamOf();
    await sleep(20);
    expect(taken()).toBeLessThan(500_000);
    body.once('data', () => body.pause());
    await sleep(20);
    expect(taken()).toBeLessThan(1_000_000);
    source.destroy();
  });

  test('destroying a part gives up the source', async () => {
    const { source } = endless();
    const body = (await new MultipartReader(source, 'b').next())?.body;
    body?.destroy();
    await sleep(5);
    expect(source.destroyed).toBe(true);
  });

  test('leaving the loop over the parts gives up the source', async () => {
    const { source } = endless();
    for await (const _ of new MultipartReader(source, 'b')) break;
    expect(source.destroyed).toBe(true);
  });

  test('asking for the next part skips what is left of the one before', async () => {
    const text = `--b\r\n\r\n${'one'.repeat(100_000)}\r\n--b\r\nX: 2\r\n\r\ntwo\r\n--b--`;
    const reader = new MultipartReader(streamOf(...cut(latin1(text), Array(50).fill(7_000))), 'b');
    await reader.next();
    const second = await reader.next();
    expect(second?.headers.get('x')).toBe('2');
    expect(await buffer(second?.body ?? streamOf())).toEqual(latin1('two'));
    expect(await reader.next()).toBeNull();
  });
});
