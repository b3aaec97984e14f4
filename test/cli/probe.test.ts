import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { numberedFiles } from '../support/graphql.ts';
import { runCli } from './run-cli.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: numberedFiles(2, 2, 2) });
});
afterAll(() => archive.close());

describe('dicomweb-graphql probe', () => {
  test('prints what an archive can do, how that is known and since when', async () => {
    const { code, stdout, stderr } = await runCli(['probe', archive.url]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}uidListMatching +yes +probed +\d{4}-\d\d-\d\d$/m);
    expect(stdout).toMatch(/^ {2}studyMetadata +yes +probed/m);
    expect(stdout).toMatch(/^ {2}fuzzyMatching +no +documented/m);
    expect(stdout).toMatch(/^ {2}maxSearchLimit +not known$/m);
    expect(stdout).not.toMatch(/1\.1|Doe|P-1/);
  });

  test('prints it as JSON', async () => {
    const { code, stdout } = await runCli(['probe', archive.url, '--json', '--profile', 'azure']);
    const [report] = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report).toMatchObject({ origin: 'origin', answers: true, capabilities: { maxSearchLimit: 200 } });
    expect(report.evidence).toContainEqual({
      capability: 'fuzzyMatching',
      supported: true,
      how: 'documented',
      asOf: '2025-07-15T00:00:00.000Z',
    });
  });

  test('of an archive that does not answer tells so, by its exit code too', async () => {
    const { code, stdout } = await runCli(['probe', 'http://127.0.0.1:1/dicom-web']);
    expect(code).toBe(1);
    expect(stdout).toContain('did not answer');
  });

  test('without an archive is misuse', async () => {
    const { code, stderr } = await runCli(['probe']);
    expect(code).toBe(2);
    expect(stderr).toContain('probe needs an archive');
  });
});
