import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyLink } from '../../src/links/token.ts';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image, instance, linkKeys, noon, series, study, tokenOf } from '../support/links.ts';
import { json, type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const everything = ['NATIVE', 'FRAMES', 'RENDERED', 'THUMBNAIL', 'BULKDATA', 'METADATA'] as const;
const other = '1.2.3.4';

/** An archive that finds an object by the last UID of a path, whatever stands before it: all of them are of study 1.2.3.4. */
const carelessDataSet = (last: string) => ({
  '0020000D': { vr: 'UI', Value: [other] },
  '0020000E': { vr: 'UI', Value: ['1.2.3.4.5'] },
  '00080018': { vr: 'UI', Value: [last] },
  '00420011': { vr: 'OB', BulkDataURI: `/dicom-web/studies/${other}/series/1.2.3.4.5/instances/${last}/bulk` },
});

let origin: QuirkyOrigin;
let gateway: TestGateway;
beforeAll(async () => {
  origin = await startQuirkyOrigin((socket, { target }) => {
    const [path = ''] = target.split('?');
    if (/\/(?:metadata|instances|series|studies)$/.test(path)) {
      const uid =
        path
          .replace(/\/metadata$/, '')
          .split('/')
          .at(-1) ?? '';
      return reply(socket, json([carelessDataSet(/^[0-9.]+$/.test(uid) ? uid : instance)]));
    }
    reply(socket, { headers: { 'content-type': 'application/octet-stream' }, body: 'pixels of another patient' });
  });
  gateway = await startTestGateway(origin.url);
});
afterAll(async () => {
  await gateway.close();
  await origin.close();
});
beforeEach(() => {
  gateway.clock.now = noon;
  origin.requests.length = 0;
});

const studyRoot = (representations: readonly (typeof everything)[number][] = everything) =>
  pathOf(gateway.links.dicomwebRoot('test', { study }, representations).url);
const seriesRoot = () => pathOf(gateway.links.dicomwebRoot('test', { study, series }, everything).url);

async function refusal(target: string, method = 'GET', headers = {}) {
  const { status, body, headers: given } = await rawRequest(gateway.port, target, method, headers);
  expect(given).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  return { status, body, code: JSON.parse(body || '{}').code as string };
}

const forged = (path: string) =>
  path.replace(/^(\/dicomweb\/.{20})(.)/, (_, begin, c) => begin + (c === 'A' ? 'B' : 'A'));

describe('below a root that is not valid', () => {
  const targets: readonly [string, () => string][] = [
    ['an altered token', () => `${forged(studyRoot())}/studies`],
    ['no token', () => '/dicomweb//studies'],
    ['an escaped character', () => `${studyRoot().replace('/dicomweb/A', '/dicomweb/%41')}/studies`],
    ['padding', () => `${studyRoot()}=/studies`],
    ['a dot segment before the token', () => `${studyRoot().replace('/dicomweb/', '/dicomweb/./')}/studies`],
    ['a link to the study', () => `/dicomweb/${tokenOf(gateway.links.native('test', { study }).url)}/studies/${study}`],
    ['a root as a link', () => studyRoot().replace('/dicomweb/', '/links/')],
    ['a template', () => `/dicomweb/${tokenOf(gateway.links.frameTemplate('test', image, 3).template)}/studies`],
    ['a fragment', () => `${studyRoot()}/studies#x`],
    ['an altered token and a bad query', () => `${forged(studyRoot())}/studies?limit=x`],
    ['the token of a value', () => `/dicomweb/${valueToken()}/studies/${study}/metadata`],
  ];

  test.each(targets)('(%s) nothing is asked of the origin', async (_, target) => {
    expect(await refusal(target())).toMatchObject({ status: 403, code: 'LINK_INVALID' });
    expect(origin.requests).toEqual([]);
  });

  test('nothing is answered once it has expired, whatever is asked', async () => {
    const root = studyRoot();
    gateway.clock.now = noon + 3600;
    for (const path of ['/studies', `/studies/${other}`, '/nonsense?a=1&a=2']) {
      expect(await refusal(root + path)).toMatchObject({ status: 410, code: 'LINK_EXPIRED' });
    }
    expect(origin.requests).toEqual([]);
  });
});

const rootGrant = () =>
  verifyLink(tokenOf(gateway.links.dicomwebRoot('test', { study }, everything).url), linkKeys, 'root', noon);
const valueToken = () =>
  gateway.minter.bulkDataOfRoot(rootGrant(), image, { attributePath: 'EncapsulatedDocument', originPath: '/x' });

describe('what is not below a root is not there, and the origin is not asked', () => {
  const ofStudy = [
    '',
    '/',
    '/studies/',
    '//studies',
    `/studies/${other}`,
    `/studies/${other}/metadata`,
    `/studies/${other}/series`,
    `/studies/${other}/series/${series}/instances/${instance}/frames/1`,
    `/studies/${study}/../${other}/metadata`,
    `/studies/${study}/series/../../${other}`,
    `/studies/${study}%2f..%2f${other}`,
    `/studies/${study}/`,
    `/studies//metadata`,
    `/studies/${study}.0/metadata`,
    `/studies/0${study}/metadata`,
    `/STUDIES/${study}`,
    `/studies/${study}/series/1.2;x=1/metadata`,
    `/studies/${study}/series/x/metadata`,
    `/studies/${study}/series/${series}/instances/x`,
    `/studies/${study}/series/${series}/instances/${instance}/frames`,
    `/studies/${study}/series/${series}/instances/${instance}/frames/1/metadata`,
    `/studies/${study}/series/${series}/instances/${instance}/frames/1/rendered/x`,
    `/studies/${study}/series/${series}/instances/${instance}/bulkdata`,
    `/studies/${study}/bulkdata/x`,
    `/studies/${study}/pixeldata`,
    '/patients',
    '/links/x',
    '/workitems',
  ];
  const ofSeries = [
    '/studies',
    `/studies?StudyInstanceUID=${study}`,
    `/studies/${study}`,
    `/studies/${study}/metadata`,
    `/studies/${study}/thumbnail`,
    `/studies/${study}/rendered`,
    `/studies/${study}/series/1.2.3`,
    `/studies/${study}/series/1.2.3/metadata`,
    `/studies/${study}/series/1.2.3/instances`,
    `/studies/${study}/series/1.2.3/instances/${instance}/frames/1`,
  ];

  test.each(ofStudy)('%s of a study', async (path) => {
    expect(await refusal(studyRoot() + path)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(origin.requests).toEqual([]);
  });

  test.each(ofSeries)('%s of a series', async (path) => {
    expect(await refusal(seriesRoot() + path)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(origin.requests).toEqual([]);
  });

  test('and no refusal repeats what was asked for', async () => {
    const { body } = await refusal(`${studyRoot()}/studies/${other}/metadata?PatientName=DOE`);
    for (const secret of [other, 'DOE', study, 'test']) expect(body).not.toContain(secret);
  });

  test('any path that does not begin with the study', async () => {
    const segment = fc.oneof(
      fc.constantFrom('studies', 'series', 'instances', 'metadata', 'frames', '1', '..', '.', '', '%2e%2e', other),
      fc.stringMatching(/^[ -"$->@-~]{0,8}$/),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 2, maxLength: 9 }), async (segments) => {
        const path = segments.join('/').replaceAll(' ', '%20');
        origin.requests.length = 0;
        const { status } = await rawRequest(gateway.port, `${studyRoot()}/${path}`);
        expect([400, 404]).toContain(status);
        expect(origin.requests).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('an origin that finds objects by their last UID gives none of another study', () => {
  const below = `/studies/${study}/series/1.2.3.4.5`;
  test.each([
    below,
    `${below}/thumbnail`,
    `${below}/rendered`,
    `${below}/metadata`,
    `${below}/instances`,
    `${below}/instances/${instance}`,
    `${below}/instances/${instance}/metadata`,
    `${below}/instances/${instance}/frames/1`,
    `${below}/instances/${instance}/rendered`,
    `${below}/instances/${instance}/frames/1/rendered`,
    `${below}/instances/${instance}/thumbnail`,
    '/studies',
    '/series',
    '/instances',
    `/studies/${study}/metadata`,
  ])('%s', async (path) => {
    const { status, body } = await rawRequest(gateway.port, studyRoot() + path);
    expect([204, 404]).toContain(status);
    expect(body).not.toContain(other);
    expect(body).not.toContain('pixels');
  });
});

describe('a root gives no other representation than it grants', () => {
  const ofInstance = `/studies/${study}/series/${series}/instances/${instance}`;
  const paths = {
    NATIVE: [`/studies/${study}`, ofInstance],
    FRAMES: [`${ofInstance}/frames/1`],
    RENDERED: [`${ofInstance}/rendered`, `${ofInstance}/frames/1/rendered`],
    THUMBNAIL: [`/studies/${study}/thumbnail`],
    BULKDATA: [`${ofInstance}/bulkdata/x`],
    METADATA: ['/studies', `/studies/${study}/series`, `/studies/${study}/metadata`],
  } as const;

  test.each(everything)('%s', async (representation) => {
    const root = studyRoot(everything.filter((one) => one !== representation));
    for (const path of paths[representation]) {
      expect(await refusal(root + path)).toMatchObject({ status: 403, code: 'LINK_INVALID' });
    }
    expect(origin.requests).toEqual([]);
  });
});

describe('the address of a value', () => {
  const at = (root: string, token: string, of = instance) =>
    `${root}/studies/${study}/series/${series}/instances/${of}/bulkdata/${token}`;

  test('is good for its instance below its root alone', async () => {
    const token = valueToken();
    expect(await refusal(at(studyRoot(), token, '1.2.3'))).toMatchObject({ status: 403, code: 'LINK_INVALID' });
    expect(await refusal(at(seriesRoot().slice(0, -1), token))).toMatchObject({ status: 403 });
    const ofAnother = pathOf(gateway.minter.linksFor({ id: 'b' }).dicomwebRoot('test', { study }, everything).url);
    expect(await refusal(at(ofAnother, token))).toMatchObject({ status: 403, code: 'LINK_INVALID' });
    expect(origin.requests).toEqual([]);
  });

  test.each(['PixelData', 'x', '%2e%2e', 'http:', `${'A'.repeat(300)}`])(
    'is not what a client makes up: %s',
    async (made) => {
      expect(await refusal(at(studyRoot(), made))).toMatchObject({ status: 403, code: 'LINK_INVALID' });
      expect(origin.requests).toEqual([]);
    },
  );

  test('is not the token of a root, nor of a link', async () => {
    for (const url of [
      gateway.links.dicomwebRoot('test', { study }, everything).url,
      gateway.links.bulkData('test', image, { attributePath: 'PixelData', originPath: null }).url,
    ]) {
      expect(await refusal(at(studyRoot(), tokenOf(url)))).toMatchObject({ status: 403, code: 'LINK_INVALID' });
    }
  });

  test('that is signed for another path of the origin than its own is not followed', async () => {
    expect(await refusal(at(studyRoot(), valueToken()))).toMatchObject({ status: 404 });
    expect(origin.requests).toEqual([]);
  });
});

describe('parameters are refused', () => {
  const queries = [
    'limit=1&limit=2',
    'limit=x',
    'limit=-1',
    'offset=1.5',
    'nonsense=1',
    'PatientName=a&PatientName=b',
    'PatientName=a&00100010=b',
    'StudyDate=2020',
    'StudyDate=20200101-20210101-20220101',
    'StudyDate=-',
    'SeriesInstanceUID=x',
    `PatientName=${'*a'.repeat(129)}`, // a pattern is bounded: trying it takes its length times that of the text
    `BodyPartExamined=CHEST,${'?'.repeat(257)}`,
    'includefield=nonsense',
    'includefield=all,PatientName',
    'fuzzymatching=maybe',
    'fuzzymatching=true&fuzzymatching=true',
    'PatientName=%ff',
    'RequestAttributesSequence.ScheduledProcedureStepID=1',
    'NumberOfPatientRelatedStudies=1',
    'orderby=StudyDate',
    'accept=x',
  ];
  test.each(queries)('of a search: %s', async (query) => {
    expect(await refusal(`${studyRoot()}/series?${query}`)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(origin.requests).toEqual([]);
  });

  test.each(['NumberOfStudyRelatedInstances=1', 'ModalitiesInStudy=CT', '00201206=1'])(
    'of a search below a series, what tells of the study: %s',
    async (query) => {
      expect(await refusal(`${seriesRoot()}/series?${query}`)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
      expect(origin.requests).toEqual([]);
    },
  );

  const ofInstance = `/studies/${study}/series/${series}/instances/${instance}`;
  test.each([
    `/studies/${study}/metadata?includefield=all`,
    `/studies/${study}?a=b`,
    `${ofInstance}/frames/1?quality=1`,
    `${ofInstance}/frames/1?accept=image/jpeg&accept=image/png`,
    `${ofInstance}/frames/0`,
    `${ofInstance}/frames/01`,
    `${ofInstance}/frames/-1`,
    `${ofInstance}/frames/1,`,
    `${ofInstance}/frames/1%2C2`,
    `${ofInstance}/frames/1.0`,
    `${ofInstance}/frames/1e3`,
    `${ofInstance}/frames/99999999999`,
    `${ofInstance}/frames/${Array.from({ length: 1001 }, () => 1).join(',')}`,
    `${ofInstance}/frames/1,2/rendered`,
  ])('of a retrieval: %s', async (path) => {
    expect(await refusal(studyRoot() + path)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(origin.requests).toEqual([]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('so is %s', async (method) => {
    const { status, headers } = await rawRequest(gateway.port, `${studyRoot()}/studies`, method);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(origin.requests).toEqual([]);
  });
});
