import type { LinkForm } from '../../src/links/grant.ts';
import { image, series, study } from './links.ts';

/** A link, and the request target that it is opened by. */
export interface OpenedLink {
  readonly form: LinkForm;
  readonly token: string;
  readonly target: string;
}

/** Other ways to write the target of a link, none of them its own. */
export function* alteredTargets({ token, target, form }: OpenedLink, port: number): Generator<string> {
  const [, route = ''] = target.split('/');
  const rest = target.slice(route.length + 2 + token.length); // what follows the token
  const at = (before: string, after = rest) => `${before}${token}${after}`;
  for (const before of [
    '//evil.example/links/',
    `//127.0.0.1/${route}/`,
    `http://evil.example/${route}/`,
    `http://127.0.0.1:${port}/${route}/`,
    `https:/${route}/`,
    `//${route}/`,
    `/${route}//`,
    `/${route}/./`,
    `/${route}/../${route}/`,
    `/a/../${route}/`,
    `/${route}/a/../`,
    `/${route}/%2e%2e/${route}/`,
    `/%2e/${route}/`,
    `/${route}%2f`,
    `/${route}/%2f`,
    `/${route}\\`,
    `\\${route}\\`,
    `/\\${route}/`,
    `/${route.toUpperCase()}/`,
    `/%${route.charCodeAt(0).toString(16)}${route.slice(1)}/`,
    `/${route};a=b/`,
    `/${route}?/`,
    `/${route}/?token=`,
    `/${route}/#`,
    `/${route.slice(1)}/`,
    `${route}/`,
    `/${form === 'root' ? 'links' : 'dicomweb'}/`,
    '/graphql/links/',
    '*/',
    '?/links/',
  ]) {
    yield at(before);
  }
  const behind = [
    '%',
    '%00',
    '%0a',
    '%2f',
    '%252f',
    '%20',
    ';',
    ';a=b',
    '.',
    '..',
    '~',
    '*',
    '&',
    '=',
    ',',
    '%3f',
    '%23',
    ':80',
  ];
  for (const after of behind) yield at(`/${route}/`, `${after}${rest}`);
  if (form !== 'root') yield* linkTricks((after) => at(`/${route}/`, after), rest);
  if (form === 'root') yield* rootTricks((after) => at(`/${route}/`, after));
}

function* linkTricks(at: (after: string) => string, rest: string): Generator<string> {
  for (const after of [
    '/',
    '//',
    '/.',
    '/..',
    '/./',
    '/../x',
    '/%2e%2e',
    '/x',
    '/metadata',
    '/rendered',
    '/frames',
    '/frames/',
    '/frames//',
    '#',
    '#x',
    '\\',
  ]) {
    yield at(rest + after);
  }
  const queries = [
    '',
    '&',
    '=',
    'a',
    'a=1',
    'a=1&a=2',
    'frame=1',
    'frame=1&frame=2',
    'download&download',
    'download=0',
    'download=1&download=1',
    'download=1&a=1',
    'Download',
    'download%3D1',
    '%64ownload',
    'download=1#',
    'accept=image/png',
    'transfer-syntax=*',
    'quality=1',
    'exp=9999999999',
    'token=x',
    '?download',
  ];
  for (const query of queries) yield at(`${rest}?${query}`);
  const numbers = [
    '',
    '0',
    '00',
    '01',
    '+1',
    '-1',
    ' 1',
    '1 ',
    '1.0',
    '1.',
    '.1',
    '1e0',
    '0x1',
    '1_0',
    '1,2',
    '1;2',
    '1-2',
    '1%2c2',
    '%31',
    '%2531',
    '1%00',
    '1%0a',
    '31',
    '300',
    '2147483648',
    '4294967297',
    '9007199254740993',
    '99999999999',
    'NaN',
    'Infinity',
    'one',
    '{frame}',
    '%7Bframe%7D',
    '*',
    '1/',
    '1//',
    '1/../2',
    '1/x',
    '1/rendered/',
    '1/rendered/x',
    '1/Rendered',
    '1/%72endered',
    '..',
    '.',
    '%2e',
    '\u0661',
    '\uff11',
  ];
  for (const number of numbers)
    yield at(`/frames/${encodedAsLatin1(number)}${/\/rendered$/.test(rest) ? '/rendered' : ''}`);
}

/** UTF-8 as it goes over a wire that is written as Latin-1. */
export const encodedAsLatin1 = (text: string): string => Buffer.from(text).toString('latin1');

function* rootTricks(at: (after: string) => string): Generator<string> {
  const other = '1.2.3.4';
  const ofInstance = `/studies/${study}/series/${series}/instances/${image.instance}`;
  for (const path of [
    '',
    '/',
    '/studies/',
    '//studies',
    `/studies/${other}`,
    `/studies/${other}/metadata`,
    `/studies/${other}/series/${series}/instances/${image.instance}/frames/1`,
    `/studies/${study}/../${other}/metadata`,
    `/studies/../studies/${study}/metadata`,
    `/./studies/${study}/metadata`,
    `/studies/${study}%2f..%2f${other}`,
    `/studies/${study}/..;/${other}`,
    `/studies/%31${study.slice(1)}/metadata`,
    `/studies/${study},${other}/metadata`,
    `/studies/${study}\\${other}`,
    `/studies/${study}.0/metadata`,
    `/studies/0${study}/metadata`,
    `/studies/${study} /metadata`,
    `/studies/*/metadata`,
    `/Studies/${study}/metadata`,
    `/studies/${study}/metadata/`,
    `/studies/${study}//metadata`,
    `/studies/${study}/METADATA`,
    `/patients`,
    `/http://evil.example/studies/${study}`,
    `/studies/${study}#/../${other}`,
    `${ofInstance}/bulkdata/x`,
    `${ofInstance}/bulkdata/..%2f..%2f..`,
    `${ofInstance}/pixeldata`,
    `${ofInstance}/frames/0`,
    `${ofInstance}/frames/01`,
    `${ofInstance}/frames/1,`,
    `${ofInstance}/frames/1,01`,
    `${ofInstance}/frames/-1`,
    `${ofInstance}/frames/1.0`,
    `${ofInstance}/frames/%31`,
    `${ofInstance}/frames/1%2c2`,
    `${ofInstance}/frames/1e3`,
    `${ofInstance}/frames/99999999999`,
    `/studies/${study}/series?limit=1&limit=1`,
    `/studies/${study}/series?limit=1&l%69mit=2`,
    `/studies/${study}/series?PatientName=A&00100010=A`,
    `/studies/${study}/series?nonsense=1`,
    `/studies/${study}/series?limit=-1`,
    `/studies/${study}/series?limit=1e3`,
    `/studies/${study}/metadata?accept=image/png&accept=image/png`,
    `/studies/${study}/metadata?url=http://evil.example`,
  ]) {
    yield at(path);
  }
}
