import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createRepositoryClient } from '../../src/audit/repository-client.ts';
import { createSender, type SenderOptions } from '../../src/audit/sender.ts';
import { startRepository } from '../support/audit-repository.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sender-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const fileName = (index: number): string => `audit-20261122T12000000${index}Z-00000000-1-0badcafe-000000.jsonl`;
const line = (id: string): string => `${JSON.stringify({ resourceType: 'AuditEvent', id })}\n`;

function start(folder: string, url: string, options: Partial<SenderOptions> = {}) {
  const log = { error: vi.fn(), info: vi.fn() };
  const client = createRepositoryClient({ url, token: 'secret-token' });
  const sender = createSender({ folder, client, batch: 3, log, retryMs: 20, pollMs: 20, ...options });
  onTestFinished(() => sender.close());
  return { sender, log };
}

test('events go in batches, each file in its order, the oldest first, with the token', async () => {
  const folder = temporaryFolder();
  const { url, received, taken } = await startRepository();
  writeFileSync(join(folder, fileName(1)), ['a', 'b', 'c', 'd'].map(line).join(''));
  writeFileSync(join(folder, fileName(2)), ['e', 'f'].map(line).join(''));
  const { sender } = start(folder, url);
  await vi.waitFor(() => expect(taken).toEqual(['a', 'b', 'c', 'd', 'e', 'f']));
  expect(received.map(({ path, ids }) => [path, ids.length])).toEqual([
    ['/fhir', 3],
    ['/fhir/AuditEvent', 1],
    ['/fhir', 2],
  ]);
  expect(received[0]?.headers).toMatchObject({
    authorization: 'Bearer secret-token',
    'content-type': 'application/fhir+json',
  });
  await vi.waitFor(async () => expect(await sender.isSent(fileName(2))).toBe(true));
  await vi.waitFor(() => expect(sender.counts).toMatchObject({ sentEvents: 6, refusedEvents: 0, backlogBytes: 0 }));
});

test('what is written later follows; a line that is not whole yet waits', async () => {
  const folder = temporaryFolder();
  const { url, taken } = await startRepository();
  writeFileSync(join(folder, fileName(1)), line('a') + line('b').slice(0, 10));
  const { sender } = start(folder, url);
  await vi.waitFor(() => expect(taken).toEqual(['a']));
  expect(await sender.isSent(fileName(1))).toBe(false);
  appendFileSync(join(folder, fileName(1)), line('b').slice(10));
  sender.wake();
  await vi.waitFor(() => expect(taken).toEqual(['a', 'b']));
});

test('another run goes on where the last one ended', async () => {
  const folder = temporaryFolder();
  const { url, taken } = await startRepository();
  writeFileSync(join(folder, fileName(1)), ['a', 'b'].map(line).join(''));
  const first = start(folder, url);
  await vi.waitFor(() => expect(taken).toEqual(['a', 'b']));
  await first.sender.close();
  appendFileSync(join(folder, fileName(1)), line('c'));
  start(folder, url);
  await vi.waitFor(() => expect(taken).toEqual(['a', 'b', 'c']));
});

test('while the repository fails the events wait on disk; then none is missing, and the log has it once', async () => {
  const folder = temporaryFolder();
  const { url, taken, state, received } = await startRepository(() => ({ status: 503 }));
  writeFileSync(join(folder, fileName(1)), ['a', 'b', 'c', 'd', 'e'].map(line).join(''));
  const { sender, log } = start(folder, url);
  await vi.waitFor(() => expect(received.length).toBeGreaterThan(2));
  expect(taken).toEqual([]);
  expect(sender.counts.failedRequests).toBeGreaterThan(1);
  expect(log.error).toHaveBeenCalledTimes(1);
  state.answer = () => ({ status: 201 });
  await vi.waitFor(() => expect(taken).toEqual(['a', 'b', 'c', 'd', 'e']), 3_000);
  await vi.waitFor(() => expect(log.info).toHaveBeenCalledTimes(1));
});

test('nothing is lost where nobody listens at first', async () => {
  const folder = temporaryFolder();
  const { url, server, taken } = await startRepository();
  const { port } = server.address() as AddressInfo;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  writeFileSync(join(folder, fileName(1)), line('a'));
  const { sender } = start(folder, url);
  await vi.waitFor(() => expect(sender.counts.failedRequests).toBeGreaterThan(1));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await vi.waitFor(() => expect(taken).toEqual(['a']), 3_000);
});

test('of a batch only what is to come later is sent again; what will never be taken is counted and left', async () => {
  const folder = temporaryFolder();
  const attempts = new Map<string, number>();
  const { url, taken, received } = await startRepository((id) => {
    attempts.set(id, (attempts.get(id) ?? 0) + 1);
    if (id === 'b') return { status: 422 };
    return { status: id === 'c' && attempts.get(id) === 1 ? 503 : 201 };
  });
  writeFileSync(join(folder, fileName(1)), ['a', 'b', 'c'].map(line).join(''));
  const { sender } = start(folder, url);
  await vi.waitFor(() => expect(taken).toEqual(['a', 'c']));
  expect(received.map(({ ids }) => ids)).toEqual([['a', 'b', 'c'], ['c']]);
  await vi.waitFor(() => expect(sender.counts).toMatchObject({ sentEvents: 2, refusedEvents: 1 }));
  expect(await sender.isSent(fileName(1))).toBe(true);
});

test('a repository that takes no batches is sent its events one by one', async () => {
  const folder = temporaryFolder();
  const { url, taken, state } = await startRepository();
  state.batchStatus = 400;
  writeFileSync(join(folder, fileName(1)), ['a', 'b'].map(line).join(''));
  start(folder, url);
  await vi.waitFor(() => expect([...taken].sort()).toEqual(['a', 'b']));
});

test('what a fault of the disk made of a line is passed over', async () => {
  const folder = temporaryFolder();
  const { url, taken } = await startRepository();
  writeFileSync(join(folder, fileName(1)), `${line('a')}\0\0\0\n{"resourceType":"Patient"}\n${line('b')}`);
  start(folder, url);
  await vi.waitFor(() => expect(taken).toEqual(['a', 'b']));
});

test('of several processes that share a folder one sends; when it is gone another does', async () => {
  const folder = temporaryFolder();
  const { url, taken } = await startRepository();
  writeFileSync(join(folder, 'sender'), `another-machine 1 ${'0'.repeat(16)}`); // renewed this moment
  writeFileSync(join(folder, fileName(1)), line('a'));
  start(folder, url);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(taken).toEqual([]);
  rmSync(join(folder, 'sender')); // it was closed
  await vi.waitFor(() => expect(taken).toEqual(['a']));
});
