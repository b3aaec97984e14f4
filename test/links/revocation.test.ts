import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLinkKeys } from '../../src/links/keys.ts';
import { LinkRevokedError } from '../../src/links/link-error.ts';
import { redeemLink } from '../../src/links/redeem.ts';
import { createRevocationsInMemory, type Revocations } from '../../src/links/revocation.ts';
import { createRevocations } from '../../src/links/revocation-folder.ts';
import { createLinkRevoker } from '../../src/links/revoker.ts';
import { signGrant } from '../../src/links/token.ts';
import { grantOf, linkKeys, noon, secretOf, study } from '../support/links.ts';

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'revocations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'revoked-links');
};
const clock = () => noon * 1000;

const forms: readonly [string, () => Revocations][] = [
  ['in memory', () => createRevocationsInMemory(clock)],
  ['in a folder', () => createRevocations(temporaryFolder(), clock)],
];

describe.each(forms)('revocations %s', (_, create) => {
  const ofStudy = { kind: 'study', origin: 'main', study } as const;

  test('count up, and end the links of before alone', async () => {
    const revocations = create();
    expect(revocations.epoch).toBe(0);
    const before = grantOf({ epoch: revocations.epoch });
    revocations.check(before);
    expect(await revocations.revoke(ofStudy)).toBe(1);
    expect(revocations.epoch).toBe(1);
    expect(() => revocations.check(before)).toThrow(LinkRevokedError);
    revocations.check(grantOf({ epoch: revocations.epoch }));
    expect(await revocations.revoke(ofStudy)).toBe(2);
    expect(() => revocations.check(grantOf({ epoch: 1 }))).toThrow(LinkRevokedError);
  });

  test.each([
    [
      'a study',
      ofStudy,
      [{ study: '1.2' }, { origin: 'other' }],
      [{ series: null, instance: null }, { subject: 'ff'.repeat(16) }],
    ],
    [
      'an origin',
      { kind: 'origin', origin: 'main' } as const,
      [{ origin: 'other' }],
      [{ study: '1.2' }, { study: null }],
    ],
    [
      'a subject',
      { kind: 'subject', subjects: ['ee'.repeat(16), grantOf().subject] } as const,
      [{ subject: 'ff'.repeat(16) }],
      [{ subject: 'ee'.repeat(16) }, { study: '1.2', origin: 'other' }],
    ],
  ])('of %s end its links and no other', async (_, target, others, own) => {
    const revocations = create();
    await revocations.revoke(target);
    for (const parts of others) revocations.check(grantOf(parts));
    for (const parts of [{}, ...own]) expect(() => revocations.check(grantOf(parts))).toThrow(LinkRevokedError);
  });

  test('are told to who holds an authentic link that has not expired, and to nobody else', async () => {
    const authority = { keys: linkKeys, revocations: create() };
    const token = signGrant(grantOf(), linkKeys);
    expect(redeemLink(token, 'resource', noon, authority)).toEqual(grantOf());
    await createLinkRevoker(authority).study('main', study);
    const redeem = (text: string, now: number) => () => redeemLink(text, 'resource', now, authority);
    expect(redeem(token, noon)).toThrow(expect.objectContaining({ code: 'LINK_REVOKED' }));
    expect(redeem(token, noon + 600)).toThrow(expect.objectContaining({ code: 'LINK_EXPIRED' }));
    expect(redeem(`${token.slice(0, -1)}A`, noon)).toThrow(expect.objectContaining({ code: 'LINK_INVALID' }));
  });

  test('of a subject end links signed with any of the keys', async () => {
    const keys = createLinkKeys(
      new Map([
        ['new', secretOf(2)],
        ['k1', secretOf(1)],
      ]),
    );
    const authority = { keys, revocations: create() };
    await createLinkRevoker(authority).subject('ada');
    for (const keyId of ['new', 'k1']) {
      const grant = grantOf({ keyId, subject: keys.subject(keyId, 'ada') });
      expect(() => authority.revocations.check(grant)).toThrow(LinkRevokedError);
    }
  });
});

describe('a folder of revocations', () => {
  const ofOrigin = { kind: 'origin', origin: 'main' } as const;

  test('is not made before something is revoked', () => {
    const folder = temporaryFolder();
    expect(createRevocations(folder, clock).epoch).toBe(0);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  test('lasts, and is seen by others within a second', async () => {
    const folder = temporaryFolder();
    const [here, there] = [createRevocations(folder, clock), createRevocations(folder, clock)];
    there.check(grantOf());
    await here.revoke(ofOrigin);
    await sleep(500);
    expect(() => there.check(grantOf())).toThrow(LinkRevokedError);
    expect(there.epoch).toBe(1);
    expect(() => createRevocations(folder, clock).check(grantOf())).toThrow(LinkRevokedError);
  });

  test('gives each revocation a count of its own, in however many processes', async () => {
    const folder = temporaryFolder();
    const code = `
      const { createRevocations } = await import(process.argv[1]);
      const revocations = createRevocations(process.argv[2]);
      const epochs = [];
      for (let i = 0; i < 10; i++) epochs.push(await revocations.revoke({ kind: 'origin', origin: 'main' }));
      console.log(JSON.stringify(epochs));`;
    const module = new URL('../../src/links/revocation-folder.ts', import.meta.url).href;
    const run = () =>
      promisify(execFile)(process.execPath, [
        '--disable-warning=ExperimentalWarning',
        '--input-type=module',
        '-e',
        code,
        module,
        folder,
      ]);
    const answers = await Promise.all([run(), run(), run()]);
    const epochs = answers.flatMap(({ stdout }) => JSON.parse(stdout) as number[]);
    expect(epochs.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  test('forgets what no link can be of, and never counts back', async () => {
    const folder = temporaryFolder();
    let now = noon;
    const revocations = createRevocations(folder, () => now * 1000);
    await revocations.revoke({ kind: 'origin', origin: 'a' });
    await revocations.revoke({ kind: 'origin', origin: 'b' });
    now += 3 * 3600;
    await revocations.revoke({ kind: 'origin', origin: 'c' });
    expect(readdirSync(folder)).toEqual(['0000000000000003.json']);
    now += 3 * 3600;
    expect(createRevocations(folder, () => now * 1000).epoch).toBe(3);
    expect(await createRevocations(folder, () => now * 1000).revoke(ofOrigin)).toBe(4);
  });

  test('are forgotten too by a process that only reads them', async () => {
    const folder = temporaryFolder();
    let now = noon;
    const reader = createRevocations(
      folder,
      () => now * 1000,
      () => now * 1000,
    );
    await createRevocations(folder, () => now * 1000).revoke(ofOrigin);
    expect(() => reader.check(grantOf())).toThrow(LinkRevokedError);
    now = noon + 7_200;
    expect(() => reader.check(grantOf())).toThrow(LinkRevokedError);
    now = noon + 7_201;
    reader.check(grantOf()); // which has expired: what ended it need not be remembered
    expect(reader.epoch).toBe(1);
  });

  test('that cannot be read for longer than five seconds lets no link through', async () => {
    const folder = temporaryFolder();
    let ms = 0;
    const revocations = createRevocations(folder, clock, () => ms);
    await revocations.revoke({ kind: 'origin', origin: 'other' });
    writeFileSync(join(folder, '0000000000000009.json'), '{"version":1');
    ms = 5_000;
    revocations.check(grantOf());
    ms = 5_300;
    expect(() => revocations.check(grantOf())).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    expect(() => revocations.epoch).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    expect(() => createRevocations(folder, clock).check(grantOf())).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    );
    rmSync(join(folder, '0000000000000009.json'));
    ms = 5_600;
    revocations.check(grantOf());
  });

  test('that cannot be written says so, and holds no name or id of a principal', async () => {
    const folder = temporaryFolder();
    writeFileSync(folder, 'a file');
    await expect(createRevocations(folder, clock).revoke(ofOrigin)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
