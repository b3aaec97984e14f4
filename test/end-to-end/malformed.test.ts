import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCli } from '../cli/run-cli.ts';
import { type CorpusFile, corpus, corpusFolder, describeCorpus } from '../support/corpus.ts';
import { sha256 } from '../support/corpus-frames.ts';
import { folderOf, type GraphqlAnswer, openLink, startTestFacade } from '../support/facade.ts';

interface Link {
  readonly url: string;
}

interface Instances {
  readonly searchInstances: {
    readonly nodes: readonly {
      readonly sopInstanceUID: string;
      readonly rows: number | null;
      readonly columns: number | null;
      readonly retrieve: {
        readonly frameCount: number | null;
        readonly native: Link;
        readonly metadata: Link;
        readonly rendered: Link | null;
        readonly thumbnail: Link | null;
        readonly frame: { readonly stored: Link; readonly decoded: Link } | null;
        readonly bulkData: readonly { readonly link: Link | null }[];
      };
    }[];
  };
}

type Instance = Instances['searchInstances']['nodes'][number];

const allInstances = `{ searchInstances(first: 1000) { nodes { sopInstanceUID rows columns retrieve {
  frameCount native { url } metadata { url } rendered { url } thumbnail { url }
  frame(number: 1) { stored: native { url } decoded: native(transferSyntaxUID: "1.2.840.10008.1.2.1") { url } }
  bulkData(first: 1000) { link { url } }
} } } }`;

function linksOf({ retrieve }: Instance): Readonly<Record<string, Link | null | undefined>> {
  const { native, metadata, rendered, thumbnail, frame, bulkData } = retrieve;
  const values = Object.fromEntries(bulkData.map(({ link }, i) => [`bulkData ${i}`, link]));
  return { native, metadata, rendered, thumbnail, stored: frame?.stored, decoded: frame?.decoded, ...values };
}

const broken = corpus.filter(({ file }) => file.startsWith('malformed/'));

/** What is refused, and why. */
const refused: Readonly<Record<string, string>> = {
  '3gb-bulk-data-truncated.dcm': 'truncated',
  'bad-sequence-un-implicit.dcm': 'no-identity', // hexadecimal digests for UIDs
  'charset-nested-no-uids.dcm': 'no-identity',
  'j2k-short-uid-no-pixels.dcm': 'truncated',
  'j2k-too-short-value.dcm': 'truncated',
  'jpegls-bad-meta-length.dcm': 'bad-encoding', // dcmtk and GDCM refuse it, too
  'meta-missing-transfer-syntax.dcm': 'no-transfer-syntax',
  'mr-spectroscopy-truncated.dcm': 'truncated',
  'no-meta-group-length.dcm': 'no-identity',
  'no-preamble-dicm-in-data.dcm': 'not-part10',
  'no-preamble-no-meta.dcm': 'not-part10',
  'od-single-word.dcm': 'no-identity',
  'private-sequence-no-uids.dcm': 'no-identity',
  'truncated-pixel-data.dcm': 'truncated',
  'un-sequence-no-uids.dcm': 'no-identity',
};

const noFrame = { stored: '404 NOT_FOUND', decoded: '404 NOT_FOUND' };
const noPicture = { rendered: '406 REPRESENTATION_UNAVAILABLE', thumbnail: '406 REPRESENTATION_UNAVAILABLE' };

/** What is served, with those of its links that give no bytes: all others open. */
const served: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'bad-meta.dcm': {},
  'bad-number-of-frames.dcm': {},
  'big-endian-undefined-length.dcm': {},
  'charset-iso-2022-underscores.dcm': {},
  'deflated-with-sq-private-class.dcm': {},
  'no-meta-length-us.dcm': {},
  'no-pixel-data-ct.dcm': { ...noFrame, ...noPicture },
  'odd-length-pixel-data-dx.dcm': {},
  'trailing-padding.dcm': {},
};

/** The links that did not open as they should: native and frames give what the manifest says, the others something. */
async function failuresOf(instance: Instance, file: CorpusFile): Promise<Record<string, string>> {
  const expected: Record<string, string | undefined> = {
    native: file.sha256,
    stored: file.storedFrame1?.sha256,
    decoded: file.frame1?.sha256,
  };
  const failures: Record<string, string> = {};
  for (const [name, link] of Object.entries(linksOf(instance))) {
    if (!link) continue;
    const { status, body } = await openLink(link.url);
    if (status !== 200) failures[name] = `${status} ${(JSON.parse(body.toString()) as { code: string }).code}`;
    else if (expected[name] !== undefined && sha256(body) !== expected[name]) failures[name] = 'other bytes';
  }
  return failures;
}

describeCorpus('a broken file', () => {
  test('is one of the two lists below', () => {
    const names = broken.map(({ file }) => file.slice('malformed/'.length)).sort();
    expect([...Object.keys(refused), ...Object.keys(served)].sort()).toEqual(names);
  });

  test.each(broken.map((file) => [file.file.slice('malformed/'.length), file] as const))(
    '%s is refused with its reason, or served as far as it is valid',
    async (name, file) => {
      const folder = await folderOf([file]);
      onTestFinished(() => rm(folder, { recursive: true }));
      await using facade = await startTestFacade({ folder });
      const reason = refused[name];
      if (reason !== undefined) {
        expect(facade.archive).toMatchObject({ instances: 0, skipped: 1, skippedBecause: { [reason]: 1 } });
        return;
      }
      const { nodes } = (await facade.data<Instances>(allInstances)).searchInstances;
      const [instance] = nodes;
      if (instance === undefined) throw new Error(`${name} is not served`);
      expect(nodes).toHaveLength(1);
      // The manifest has null where its reader could not read the file.
      expect(instance.sopInstanceUID).toBe(file.sopInstanceUID ?? instance.sopInstanceUID);
      expect([instance.rows, instance.columns]).toEqual([file.rows ?? instance.rows, file.columns ?? instance.columns]);
      expect(await failuresOf(instance, file)).toEqual(served[name]);
      expect(facade.faults).toEqual([]);
    },
  );
});

describeCorpus('a folder of broken files', () => {
  test('does not take the process down: it says what it serves, serves it, and ends when told to', async () => {
    const program = startCli(['--folder', join(corpusFolder, 'malformed'), '--port', '0']);
    const [, instances, skipped] = await program.printed(/: (\d+) instances of \d+ studies, (\d+) files skipped\.$/m);
    expect([Number(instances), Number(skipped)]).toEqual([Object.keys(served).length, Object.keys(refused).length]);
    const [, url = ''] = await program.printed(/^GraphiQL: (http:\/\/127\.0\.0\.1:\d+)\/graphql$/m);
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: allInstances }),
    });
    const { data } = (await response.json()) as GraphqlAnswer<Instances>;
    const nodes = data?.searchInstances.nodes ?? [];
    expect(nodes).toHaveLength(Object.keys(served).length);
    for (const link of nodes.flatMap((instance) => Object.values(linksOf(instance)))) {
      if (link) expect([200, 404, 406]).toContain((await openLink(link.url)).status);
    }
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
  });
});
