import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { readTrail } from '../support/audit.ts';
import { startRepository } from '../support/audit-repository.ts';
import { startAudited } from '../support/audited.ts';

/** Where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('while the audit repository is down answers go out and events wait on disk; then it is sent all of them, in their order', async () => {
  const uids = { StudyInstanceUID: '2.25.91', SeriesInstanceUID: '2.25.92', SOPInstanceUID: '2.25.93' };
  await using archive = await startTestArchive({ files: [dicomFile({ ...tinyImage, ...uids })] });
  const tokens = temporaryFolder({ token: 'atna.token\n' });
  const port = await freePort();
  const { facade, folder, post } = await startAudited(
    { origin: archive.url },
    {
      repository: `http://127.0.0.1:${port}/fhir`,
      repositoryTokenFile: `${tokens}/token`,
      repositoryBatch: 2,
    },
  );
  await vi.waitFor(() => expect(facade.faults.join('')).toContain('the audit repository does not take events'), 5_000);
  const query = '{ searchStudies { nodes { retrieve { native { url } } } } }';
  for (let index = 0; index < 3; index++) expect((await post({ query })).status).toBe(200);
  expect((await fetch(`${facade.url}/ready`)).status).toBe(200);

  const { taken, received } = await startRepository(() => ({ status: 201 }), port);
  const idsOf = async () => (await readTrail(folder)).map(({ id }) => id);
  await vi.waitFor(async () => expect(taken).toEqual(await idsOf()), 10_000);
  expect(taken).toHaveLength(7); // start, and a search with its links three times
  expect(Math.max(...received.map(({ ids }) => ids.length)), 'as many at once as is said').toBe(2);
  expect(received[0]?.headers.authorization).toBe('Bearer atna.token');
  const metrics = await (await fetch(`${facade.url}/metrics`)).text();
  expect(metrics).toMatch(/^dicomweb_audit_repository_events_total 7$/m);

  await facade.close();
  expect(taken, 'what is told at the end is brought there too').toEqual(await idsOf());
  expect((await readTrail(folder)).at(-1)?.subtype.at(-1)?.code).toBe('stop');
});
