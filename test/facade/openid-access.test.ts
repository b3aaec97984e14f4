import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type RunningArchive, startArchive } from '../../src/archive/server.ts';
import type { SettingsInput } from '../../src/index.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { openLink, startTestFacade, type TestFacade } from '../support/facade.ts';
import { audience, startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';

const clients = {
  radiology: { scope: 'openid-api', claims: { realm_access: { roles: ['radiologist'] }, sites: ['A'] } },
  smart: { scope: 'patient/ImagingStudy.rs', claims: { patient: 'P-2' } },
  lost: { scope: 'patient/ImagingStudy.rs' },
  launched: {
    scope: 'patient/ImagingStudy.rs',
    claims: { patient: 'P-2', realm_access: { roles: ['radiologist'] } },
  },
  visitor: {},
};
let provider: TestIdentityProvider;
let archive: RunningArchive;

beforeAll(async () => {
  provider = await startIdentityProvider({ clients });
  archive = await startArchive({ files: [fileOf(1, 'A'), fileOf(2, 'B')] });
});
afterAll(async () => {
  await archive.close();
  await provider[Symbol.asyncDispose]();
});

async function start(settings: SettingsInput = {}, clock?: () => number): Promise<TestFacade> {
  const access: SettingsInput['access'] = {
    issuers: [
      {
        issuer: provider.issuer,
        audience,
        scopeClaims: ['scope', 'realm_access.roles'],
        scopes: { radiologist: ['search', 'metadata', 'native', 'patient-data'] },
      },
    ],
  };
  const facade = await startTestFacade({ origin: archive.url, access, ...settings }, clock ? { clock } : {});
  onTestFinished(() => facade.close());
  return facade;
}

async function ask(
  { url }: Pick<TestFacade, 'url'>,
  token: string | null,
  query = '{ viewer { subject scopes expiresAt } }',
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: any }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('in front of an OpenID provider', () => {
  test('viewer is whom the token names, with what its claims are mapped to, until it ends', async () => {
    const { body } = await ask(await start(), await provider.token('radiology'));
    const { expiresAt, ...rest } = body.data.viewer;
    expect(rest).toEqual({
      subject: `${provider.issuer}#radiology`,
      scopes: ['search', 'metadata', 'native', 'patient-data'],
    });
    expect(Math.abs(Date.parse(expiresAt) - (Date.now() + 330_000))).toBeLessThan(30_000);
  });

  test('a token that grants nothing is somebody who may do nothing', async () => {
    const { status, body } = await ask(
      await start(),
      await provider.token('visitor'),
      '{ searchStudies { totalCount } }',
    );
    expect([status, body.data, body.errors[0].extensions]).toEqual([
      200,
      { searchStudies: null },
      { code: 'FORBIDDEN', retryable: false, scope: 'search' },
    ]);
  });

  test('no token, one for another service, and one that was altered are 401, each with its word', async () => {
    const facade = await start();
    const token = await provider.token('radiology');
    const told = await Promise.all([
      ask(facade, null),
      ask(facade, await provider.token('radiology', 'urn:another')),
      ask(facade, token.replace(/.{4}$/, 'AAAA')),
    ]);
    expect(told.map(({ status, headers }) => [status, headers.get('www-authenticate')])).toEqual([
      [401, 'Bearer realm="dicomweb-graphql"'],
      [401, expect.stringContaining('error_description="The token is for another service"')],
      [401, expect.stringContaining('error_description="The token is not genuine"')],
    ]);
  });

  test('a token that ends takes the links with it that it was shown for', async () => {
    let later = 0;
    const facade = await start({}, () => Date.now() + later);
    const query = '{ searchStudies(first: 1) { nodes { retrieve { native { url expiresAt } } } } }';
    const token = await provider.token('radiology');
    const { body } = await ask(facade, token, query);
    const { url, expiresAt } = body.data.searchStudies.nodes[0].retrieve.native;
    expect(Date.parse(expiresAt)).toBeLessThan(Date.now() + 331_000);
    expect((await openLink(url)).status).toBe(200);
    later = 331_000;
    expect((await openLink(url)).status).toBe(410);
    expect((await ask(facade, token)).status).toBe(401);
  });

  test('while the provider is down a token whose key is not known is 503, with a time to come again', async () => {
    await using failing = await startIdentityProvider({ clients });
    const token = await failing.token('radiology');
    failing.fault = 'down';
    const facade = await start({ access: { issuers: [{ issuer: failing.issuer, audience }] } });
    const { status, headers, body } = await ask(facade, token);
    expect([status, headers.get('retry-after'), body.errors[0].extensions]).toEqual([
      503,
      '5',
      { code: 'UNAVAILABLE', retryable: true },
    ]);
    failing.fault = null;
  });

  test('one issuer is known by flags alone', async () => {
    const facade = await start({ access: { issuer: provider.issuer, audience: ['urn:x', audience] } });
    const { body } = await ask(facade, await provider.token('smart'));
    expect(body.data.viewer.scopes).toEqual(['search', 'metadata', 'rendered', 'native', 'patient-data']);
  });
});

const fileOf = (n: number, institution: string) =>
  dicomFile({
    ...tinyImage,
    PatientID: `P-${n}`,
    InstitutionName: institution,
    StudyInstanceUID: `1.${n}`,
    SeriesInstanceUID: `1.${n}.1`,
    SOPInstanceUID: `1.${n}.1.1`,
  });

const studies = '{ searchStudies { nodes { patient { patientID } } } }';
const seen = (body: {
  data: { searchStudies: { nodes: { patient: { patientID: string } }[] } | null };
}): readonly string[] => (body.data.searchStudies?.nodes ?? []).map(({ patient }) => patient.patientID).sort();

describe('which studies somebody sees', () => {
  test('is those of the patient of a SMART launch; of none where the token names no patient', async () => {
    const facade = await start();
    expect(seen((await ask(facade, await provider.token('smart'), studies)).body)).toEqual(['P-2']);
    expect(seen((await ask(facade, await provider.token('lost'), studies)).body)).toEqual([]);
    expect(seen((await ask(facade, await provider.token('radiology'), studies)).body)).toEqual(['P-1', 'P-2']);
  });

  test('is those of the patient of a SMART launch also where roles or defaults of the user would grant as much', async () => {
    const scopes = ['search', 'metadata', 'rendered', 'native', 'patient-data'] as const;
    const of = (issuer: Record<string, unknown>): SettingsInput => ({
      access: {
        issuers: [{ issuer: provider.issuer, audience, scopeClaims: ['scope', 'realm_access.roles'], ...issuer }],
      },
    });
    const byRole = await start(of({ scopes: { radiologist: scopes } }));
    expect(seen((await ask(byRole, await provider.token('launched'), studies)).body)).toEqual(['P-2']);
    expect(seen((await ask(byRole, await provider.token('radiology'), studies)).body)).toEqual(['P-1', 'P-2']);
    const byDefault = await start(of({ defaultScopes: scopes }));
    expect(seen((await ask(byDefault, await provider.token('smart'), studies)).body)).toEqual(['P-2']);
    expect(seen((await ask(byDefault, await provider.token('visitor'), studies)).body)).toEqual(['P-1', 'P-2']);
  });

  test('is what the rules give of the claims', async () => {
    const rules = [{ to: { issuer: provider.issuer }, see: { attributes: { InstitutionName: 'claim:sites' } } }];
    const issuers = [
      { issuer: provider.issuer, audience, defaultScopes: ['search' as const, 'patient-data' as const] },
    ];
    const facade = await start({ access: { issuers, rows: { rules } } });
    expect(seen((await ask(facade, await provider.token('radiology'), studies)).body)).toEqual(['P-1']);
    expect(seen((await ask(facade, await provider.token('visitor'), studies)).body)).toEqual([]);
  });
});

test('a token that was verified is what origins are asked with that take the caller’s own', async () => {
  const url = new URL(archive.url);
  const asked: (string | undefined)[] = [];
  const guard = createServer((incoming, response) => {
    asked.push(incoming.headers.authorization);
    const options = {
      host: url.hostname,
      port: url.port,
      path: incoming.url,
      headers: { ...incoming.headers, host: url.host },
    };
    request(options, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => guard.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => guard.closeAllConnections());
  const facade = await start({
    origin: `http://127.0.0.1:${(guard.address() as AddressInfo).port}${url.pathname}`,
    forwardToken: true,
  });
  const token = await provider.token('radiology');
  const query = '{ searchStudies { nodes { patient { patientID } retrieve { native { url } } } } }';
  const { body } = await ask(facade, token, query);
  expect(seen(body)).toEqual(['P-1', 'P-2']);
  expect(new Set(asked)).toEqual(new Set([`Bearer ${token}`]));
  asked.length = 0;
  expect((await ask(facade, `${token}x`, query)).status).toBe(401);
  expect(asked).toEqual([]);
  expect((await openLink(body.data.searchStudies.nodes[0].retrieve.native.url)).status).toBe(200);
  expect(new Set(asked)).toEqual(new Set([`Bearer ${token}`]));
});
