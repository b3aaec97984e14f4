import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/http/log.ts';
import { parseTraceContext } from '../../src/http/trace-context.ts';
import { currentRequest } from '../../src/request-scope.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { startTestFacade } from '../support/facade.ts';
import { startServer } from './server.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';
const good = `00-${trace}-${parent}-01`;

describe('traceparent (W3C Trace Context §3.2)', () => {
  test.each([
    ['as it stands in the recommendation', good, '01'],
    ['whose caller does not record it', `00-${trace}-${parent}-00`, '00'],
    ['with flags of tomorrow', `00-${trace}-${parent}-ff`, '01'],
    ['of a later version', `cc-${trace}-${parent}-01-what-will-be`, '01'],
  ])('one %s is gone on with', (_what, text, flags) => {
    expect(parseTraceContext(text, undefined)).toEqual({ traceId: trace, traceFlags: flags, traceState: null });
  });

  test.each([
    ['absent', undefined],
    ['given twice', `${good}, ${good}`],
    ['in capitals', good.toUpperCase()],
    ['too short', good.slice(1)],
    ['too long', `${good}-01`],
    ['of version ff', good.replace(/^00/, 'ff')],
    ['of trace 0', good.replace(trace, '0'.repeat(32))],
    ['of parent 0', good.replace(parent, '0'.repeat(16))],
    ['with spaces', ` ${good}`],
    ['no trace at all', 'Doe^John'],
    ['without dashes', good.replaceAll('-', '')],
  ])('where it is %s another trace begins, without its state', (_what, text) => {
    const { traceId, traceFlags, traceState } = parseTraceContext(text, 'vendor=value');
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toBe(trace);
    expect({ traceFlags, traceState }).toEqual({ traceFlags: '00', traceState: null });
  });

  test('whatever is sent, a trace is 32 hex digits that are not all 0', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)),
        (text) => {
          expect(parseTraceContext(text, text).traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
        },
      ),
    );
  });
});

describe('tracestate (§3.3)', () => {
  const stateOf = (text: string) => parseTraceContext(good, text).traceState;

  test.each([
    ['rojo=00f067aa0ba902b7', 'rojo=00f067aa0ba902b7'],
    ['a=1, b=2 ,c@d=3', 'a=1,b=2,c@d=3'],
    ['1a@b=x y,,', '1a@b=x y'],
  ])('%s is passed on', (text, sent) => expect(stateOf(text)).toBe(sent));

  test.each([
    ['a key twice', 'a=1,a=2'],
    ['no key', '=1'],
    ['capitals in a key', 'A=1'],
    ['an equals sign in a value', 'a=1=2'],
    ['a control character', 'a=\u0007'],
    ['more than 32 members', Array.from({ length: 33 }, (_none, index) => `a${index}=1`).join(',')],
    ['more than 512 characters', `a=${'x'.repeat(511)}`],
  ])('with %s it is left out', (_what, text) => expect(stateOf(text)).toBeNull());
});

test('what is done for a request, later too, and what is logged meanwhile, is of that request', async () => {
  const lines: string[] = [];
  const seen: unknown[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const server = await startServer(
    {
      links: async (_request, response) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push(currentRequest()?.traceId);
        response.end();
      },
    },
    { log },
  );
  const answer = await fetch(`${server.url}/links/x`, { headers: { traceparent: good } });
  await answer.text();
  await server.close();
  expect(seen).toEqual([trace]);
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { traceId: trace, requestId: answer.headers.get('x-request-id'), route: 'links', status: 200 },
  ]);
});

test('a problem document names its request and its trace', async () => {
  const server = await startServer();
  const answer = await fetch(`${server.url}/nothing`, { headers: { traceparent: good } });
  expect(await answer.json()).toMatchObject({
    code: 'NOT_FOUND',
    instance: `urn:uuid:${answer.headers.get('x-request-id')}`,
    traceId: trace,
  });
});

test('an origin is sent the trace of the request that it is asked for, with the state, and a span of each request', async () => {
  const file = dicomFile({
    ...tinyImage,
    StudyInstanceUID: '2.25.1',
    SeriesInstanceUID: '2.25.2',
    SOPInstanceUID: '2.25.3',
  });
  await using archive = await startTestArchive({ files: [file] });
  const received: (readonly [unknown, unknown])[] = [];
  const relay = createServer(async (request, response) => {
    received.push([request.headers['traceparent'], request.headers['tracestate']]);
    const answer = await fetch(`${archive.url.replace(/\/[^/]*$/, '')}${request.url}`, {
      headers: { accept: request.headers.accept ?? '' },
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void relay.close());
  const path = new URL(archive.url).pathname;
  await using facade = await startTestFacade({
    origin: `http://127.0.0.1:${(relay.address() as AddressInfo).port}${path}`,
  });
  received.length = 0;
  const answer = await fetch(`${facade.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: good, tracestate: 'rojo=1' },
    body: JSON.stringify({
      query:
        '{ study(studyInstanceUID: "2.25.1") { studyDate series { nodes { seriesNumber } } retrieve { native { url } } } }',
    }),
  });
  const { data } = (await answer.json()) as { data: { study: { retrieve: { native: { url: string } } } } };
  await (
    await fetch(data.study.retrieve.native.url, { headers: { traceparent: good.replace(/1$/, '0') } })
  ).arrayBuffer();
  expect(received.length).toBeGreaterThanOrEqual(2);
  const last = received.pop();
  for (const [traceparent, tracestate] of received) {
    expect(traceparent).toMatch(new RegExp(`^00-${trace}-(?!${parent})[0-9a-f]{16}-01$`));
    expect(tracestate).toBe('rojo=1');
  }
  expect(last?.[0]).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`));
  expect(new Set(received.map(([traceparent]) => traceparent)).size).toBe(received.length);
});
