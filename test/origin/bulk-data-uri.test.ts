import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { type BulkDataContext, isBulkDataTarget, rebaseBulkDataUri } from '../../src/origin/bulk-data-uri.ts';
import { OriginResponseError } from '../../src/origin/origin-errors.ts';
import { createTestOrigin } from '../support/origin-client.ts';

const context: BulkDataContext = {
  study: parseUid('1.2'),
  series: parseUid('1.2.3'),
  instance: parseUid('1.2.3.4'),
};
const origin = createTestOrigin('https://pacs.example:8443/proxy/dicom-web', {
  bulkDataPrefixes: ['/bulk', '/s3/dicom/'],
});
const object = '/studies/1.2/series/1.2.3/instances/1.2.3.4';
const own = `/proxy/dicom-web${object}`;

describe('a BulkDataURI is rebased onto the configured origin', () => {
  test.each([
    ['of the origin', `https://pacs.example:8443${own}/bulk/7`, `${own}/bulk/7`],
    ['http for https', `http://pacs.example:8443${own}/bulk/7`, `${own}/bulk/7`],
    ['localhost', `http://localhost:8042${own}/bulk/7`, `${own}/bulk/7`],
    ['another host, which is not asked', `https://evil.example${own}/bulk/7`, `${own}/bulk/7`],
    ['a user in it', `https://user:secret@pacs.example:8443${own}/bulk/7`, `${own}/bulk/7`],
    ['without a scheme', `//pacs.example${own}/bulk/7`, `${own}/bulk/7`],
    ['a path alone', `${own}/bulk/7`, `${own}/bulk/7`],
    ['another base', `http://127.0.0.1/dicom-web${object}/bulk/7`, `${own}/bulk/7`],
    ['no base', `http://127.0.0.1${object}/bulk/7`, `${own}/bulk/7`],
    [
      'with a query',
      `http://127.0.0.1${object}/bulkdata/PixelData?offset=10&length=20`,
      `${own}/bulkdata/PixelData?offset=10&length=20`,
    ],
    ['of its series', 'http://a/studies/1.2/series/1.2.3/bulk/x', '/proxy/dicom-web/studies/1.2/series/1.2.3/bulk/x'],
    ['of its study', 'http://a/studies/1.2/bulkdata/x_y', '/proxy/dicom-web/studies/1.2/bulkdata/x_y'],
    ['below a prefix', 'http://localhost/bulk/ab/cdef', '/bulk/ab/cdef'],
    ['below another prefix, with UIDs', `/s3/dicom/studies/1.2/x.bin`, '/s3/dicom/studies/1.2/x.bin'],
    ['relative', 'bulk/7', `${own}/bulk/7`],
    ['relative, upwards', '../../bulk/7', '/proxy/dicom-web/studies/1.2/series/1.2.3/bulk/7'],
    ['relative, from here', './bulk/7', `${own}/bulk/7`],
    ['escapes that are needed', `${own}/bulk/a%20b%2Cc`, `${own}/bulk/a%20b%2Cc`],
  ])('%s', (_, uri, expected) => {
    const target = rebaseBulkDataUri(origin, uri, context);
    expect(target).toBe(expected);
    expect(rebaseBulkDataUri(origin, target, context)).toBe(expected);
    expect(isBulkDataTarget(origin, target, context)).toBe(true);
  });

  test('a relative one is relative to the metadata that it stood in', () => {
    const uri = '../../bulkdata/x';
    expect(rebaseBulkDataUri(origin, uri, { ...context, metadataOf: 'series' })).toBe(
      '/proxy/dicom-web/studies/1.2/bulkdata/x',
    );
    expect(rebaseBulkDataUri(origin, './bulkdata/x', { ...context, metadataOf: 'study' })).toBe(
      '/proxy/dicom-web/studies/1.2/bulkdata/x',
    );
  });
});

describe('a BulkDataURI that leads elsewhere is refused', () => {
  test.each([
    ['another scheme', `file://${own}/bulk/7`],
    ['data in it', 'data:application/octet-stream;base64,AAAA'],
    ['nothing', ''],
    ['a host alone', 'http://pacs.example:8443'],
    ['the base alone', 'https://pacs.example:8443/proxy/dicom-web/'],
    ['no study', 'https://pacs.example:8443/proxy/dicom-web/bulkdata/7'],
    ['another place on the host', 'https://pacs.example:8443/admin'],
    ['another study', '/proxy/dicom-web/studies/1.9/bulk/7'],
    ['a longer study', '/proxy/dicom-web/studies/1.2.9/bulk/7'],
    ['another series', '/proxy/dicom-web/studies/1.2/series/1.2.9/bulk/7'],
    ['another instance', '/proxy/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.9/bulk/7'],
    ['another study behind its own', `${own}/studies/1.9/bulk/7`],
    ['its study behind another', '/proxy/dicom-web/studies/1.9/x/studies/1.2/series/9.9/bulk'],
    ['another study below a prefix', '/bulk/studies/1.9/x'],
    ['another study in the query', `${own}/bulk/7?StudyInstanceUID=1.9`],
    ['its study and another in the query', `${own}/bulk/7?StudyInstanceUID=1.2&StudyInstanceUID=1.9`],
    ['more than its study in the query', `${own}/bulk/7?StudyInstanceUID=1.2=1.9`],
    ['another object in the query', '/bulk/wado?studyUID=1.2&objectUID=1.9'],
    ['a hidden name in the query', '/bulk/wado?%73tudyUID=1.9'],
    ['dot segments', `${own}/bulk/../../1.9/7`],
    ['dot segments at the end', `${own}/bulk/..`],
    ['a dot', `${own}/./bulk/7`],
    ['hidden dot segments', `${own}/bulk/%2e%2e/7`],
    ['half hidden dot segments', `${own}/bulk/.%2E/7`],
    ['too many steps upwards', '../../../../../../../../../../admin'],
    ['steps in the middle', 'bulk/../../../../9'],
    ['a hidden slash', `${own}/bulk%2F..%2F7`],
    ['a hidden backslash', `${own}/bulk%5C7`],
    ['a backslash', `${own}/bulk\\..\\7`],
    ['a hidden escape', `${own}/bulk/%252e%252e/7`],
    ['a hidden letter', '/proxy/dicom-web/st%75dies/1.9/7'],
    ['a hidden zero', `${own}/bulk/7%00`],
    ['an empty segment', `${own}//bulk/7`],
    ['an empty segment first', `///evil.example${own}/bulk/7`],
    ['a fragment', `${own}/bulk/7#x`],
    ['a line end', `${own}/bulk/7\r\nX: 1`],
    ['a space', `${own}/bulk/7 HTTP/1.1`],
    ['other letters', `${own}/bulk/ü`],
    ['lower-case escapes', `${own}/bulk/a%2cb`],
    ['half an escape', `${own}/bulk/a%2`],
    ['a prefix that is the start of a name', '/bulky/x'],
    ['a prefix alone', '/bulk'],
    ['too long', `${own}/bulk/${'x'.repeat(3_000)}`],
  ])('%s', (_, uri) => {
    expect(() => rebaseBulkDataUri(origin, uri, context)).toThrow(OriginResponseError);
    expect(isBulkDataTarget(origin, uri, context)).toBe(false);
  });

  test('the error does not hold it', () => {
    expect(() => rebaseBulkDataUri(origin, 'http://evil.example/x', context)).not.toThrow(/evil/);
  });
});

test('whatever the URI, what comes of it is below the base or a prefix, canonical, and of this object', () => {
  const piece = fc.constantFrom(
    ...[
      'http:',
      'https:',
      '//',
      '/',
      '..',
      '.',
      '%2e',
      '%2F',
      'studies',
      'series',
      'instances',
      '1.2',
      '1.2.3',
      '1.2.3.4',
      '1.9',
    ],
    ...[
      'proxy',
      'dicom-web',
      'bulk',
      '?',
      '&',
      '=',
      'StudyInstanceUID',
      '#',
      '@',
      ':',
      '\\',
      'pacs.example',
      object,
      own,
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      let target: string;
      try {
        target = rebaseBulkDataUri(origin, pieces.join(''), context);
      } catch (error) {
        expect(error).toBeInstanceOf(OriginResponseError);
        return;
      }
      const url = new URL(target, 'https://pacs.example:8443');
      expect(url.host).toBe('pacs.example:8443');
      expect(url.pathname + url.search).toBe(target); // a URL parser finds nothing to tidy up
      expect(target).toMatch(/^(?:\/proxy\/dicom-web\/studies\/1\.2\/|\/bulk\/|\/s3\/dicom\/)/);
      expect(url.pathname).not.toMatch(/\/(?:studies|series|instances)\/1\.9/);
      expect(url.search).not.toMatch(/[?&]StudyInstanceUID=(?!1\.2(?:&|$))/);
      expect(rebaseBulkDataUri(origin, target, context)).toBe(target);
    }),
    { numRuns: 3_000 },
  );
});
