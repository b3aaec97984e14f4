import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LinkRevokedError } from '../../src/links/link-error.ts';
import type { PrincipalLinks } from '../../src/links/mint.ts';
import { RevocationStateError } from '../../src/links/revocation.ts';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image, noon, series, study } from '../support/links.ts';
import { type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

let origin: QuirkyOrigin;
let gateway: TestGateway;
/** Whether it is known which links were revoked, and the least epoch that is good. */
const state = { isKnown: true, leastEpoch: 0 };
beforeAll(async () => {
  origin = await startQuirkyOrigin((socket) =>
    reply(socket, { headers: { 'content-type': 'application/dicom' }, body: 'DICM' }),
  );
  gateway = await startTestGateway(origin.url, {}, {}, { gateway: { revocations: revocations() } });
});
afterAll(async () => {
  await gateway.close();
  await origin.close();
});
beforeEach(() => {
  gateway.clock.now = noon;
  state.isKnown = true;
  state.leastEpoch = 0;
  origin.requests.length = 0;
});

function revocations() {
  const check = ({ epoch }: { readonly epoch: number }): void => {
    if (!state.isKnown) throw new RevocationStateError('Which links were revoked is not known');
    if (epoch < state.leastEpoch) throw new LinkRevokedError();
  };
  return { epoch: 0, check, revoke: async () => 0 };
}

interface Asked {
  readonly form: string;
  /** Of which nothing is wrong but what it asks for. */
  readonly wrongly: (links: PrincipalLinks) => string;
  /** What it says of that. */
  readonly code: string;
  readonly method?: string;
}

const forms: readonly Asked[] = [
  {
    form: 'a resource',
    wrongly: (links) => `${links.native('test', image).url}?accept=image/png`,
    code: 'BAD_USER_INPUT',
  },
  {
    form: 'a template',
    wrongly: (links) => links.frameTemplate('test', image, 3).template.replace('{frame}', '4'),
    code: 'BAD_USER_INPUT',
  },
  {
    form: 'a root of a study',
    wrongly: (links) => `${links.dicomwebRoot('test', { study }, ['METADATA']).url}/studies?limit=1&limit=2`,
    code: 'BAD_USER_INPUT',
  },
  {
    form: 'a root of a series',
    wrongly: (links) => `${links.dicomwebRoot('test', { study, series }, ['METADATA']).url}/studies/${study}/metadata`,
    code: 'NOT_FOUND',
  },
  {
    form: 'an upload',
    wrongly: (links) => links.upload('test', { study, maxBytes: 100 }).url,
    code: 'BAD_USER_INPUT', // there is no file
    method: 'POST',
  },
];

const kinds = forms.flatMap((asked) =>
  [false, true].map((opaque) => ({ ...asked, opaque, kind: opaque ? 'opaque' : 'readable' })),
);

describe.each(kinds)(
  '$form, $kind, tells of what is wrong with it the first alone',
  ({ wrongly, code, method, opaque }) => {
    const mint = () => pathOf(wrongly(gateway.minter.linksFor({ id: 'ada', opaque })));
    const forged = (target: string) =>
      target.replace(/^(\/\w+\/.{60})(.)/, (_, begin, c) => begin + (c === 'A' ? 'B' : 'A'));
    const codeOf = async (target: string) => {
      const { body, status } = await rawRequest(gateway.port, target, method);
      expect(origin.requests).toEqual([]);
      return `${status} ${JSON.parse(body).code}`;
    };

    test('forged, expired, revoked and asked wrongly, that it is not valid', async () => {
      const target = forged(mint());
      gateway.clock.now = noon + 7_200;
      Object.assign(state, { leastEpoch: 1, isKnown: false });
      expect(await codeOf(target)).toBe('403 LINK_INVALID');
    });

    test('not good yet, revoked and asked wrongly, that it is not valid', async () => {
      const target = mint();
      gateway.clock.now = noon - 31;
      Object.assign(state, { leastEpoch: 1, isKnown: false });
      expect(await codeOf(target)).toBe('403 LINK_INVALID');
    });

    test('expired, revoked and asked wrongly, that it has expired', async () => {
      const target = mint();
      gateway.clock.now = noon + 3_600;
      Object.assign(state, { leastEpoch: 1, isKnown: false });
      expect(await codeOf(target)).toBe('410 LINK_EXPIRED');
    });

    test('while it is not known what was revoked, that', async () => {
      const target = mint();
      state.isKnown = false;
      expect(await codeOf(target)).toBe('503 UNAVAILABLE');
    });

    test('revoked and asked wrongly, that it was revoked', async () => {
      const target = mint();
      state.leastEpoch = 1;
      expect(await codeOf(target)).toBe('410 LINK_REVOKED');
    });

    test('asked wrongly, what is wrong', async () => {
      expect(await codeOf(mint())).toMatch(new RegExp(` ${code}$`));
    });
  },
);
