import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, startCli } from './run-cli.ts';

const listening = /^GraphiQL: (http:\/\/127\.0\.0\.1:\d+)\/graphql$/m;

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('no command is the demo: two lines, GraphiQL, and Ctrl-C ends it well', async () => {
  const demo = startCli(['--port', '0']);
  const [, url = ''] = await demo.printed(listening);
  await expect.poll(async () => (await fetch(`${url}/ready`)).status, { timeout: 20_000 }).toBe(200);
  expect(demo.stdout()).toMatch(
    /^This is the demo: \d+ instances of \d+ studies, computed, of nobody real\.\nGraphiQL: .*\n$/,
  );
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  demo.kill('SIGINT');
  demo.kill('SIGINT'); // npm passes on what the terminal has sent already
  expect(await demo.ended).toMatchObject({ code: 0, stderr: '' });
});

test('a connection that is left open does not hold up SIGTERM', async () => {
  const demo = startCli(['demo', '--port=0']);
  const [, url = ''] = await demo.printed(listening);
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void idle.destroy());
  await (await fetch(`${url}/health`)).text();
  const begun = performance.now();
  demo.kill('SIGTERM');
  expect((await demo.ended).code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test('a port that is taken is told in one line, with exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  expect(await runCli(['--port', String(port)])).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} is in use. Choose another with --port, or --port 0 for a free one.\n`,
  });
});

describe('an origin that is down', () => {
  test('does not keep the facade from starting, which says so and is not ready', async () => {
    const origin = `http://127.0.0.1:${await freePort()}/dicom-web`;
    const facade = startCli(['--origin', origin, '--port', '0'], { DICOMWEB_GRAPHQL_BASIC: 'user:canary-secret' });
    const [, url = ''] = await facade.printed(listening);
    await facade.printed(/does not answer yet/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    facade.kill('SIGTERM');
    const { code, stdout, stderr } = await facade.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`In front of ${origin}.`);
    expect(stdout + stderr).not.toContain('canary');
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'warn' });
  });
});
