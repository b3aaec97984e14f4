import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files: numberedFiles(2, 1, 1) } });
});
afterAll(() => graphql[Symbol.asyncDispose]());

const secret = 'SECRET^NAME';
const many = Array.from({ length: 401 }, (_, index) => `1.${index + 1}`);

describe('bad input is told by a stable code and the path of the argument', () => {
  test.each([
    ['a malformed UID', '{ study(studyInstanceUID: "1..2") { id } }', {}, 'BAD_USER_INPUT', 'studyInstanceUID'],
    [
      'a UID of 65 characters',
      `{ study(studyInstanceUID: "${'1'.repeat(65)}") { id } }`,
      {},
      'BAD_USER_INPUT',
      'studyInstanceUID',
    ],
    ['a UID that climbs', '{ study(studyInstanceUID: "1/../2") { id } }', {}, 'BAD_USER_INPUT', 'studyInstanceUID'],
    [
      'a malformed UID in a variable',
      'query($u: UID!) { study(studyInstanceUID: $u) { id } }',
      { u: secret },
      'BAD_USER_INPUT',
      '$u',
    ],
    [
      'a malformed UID in a list',
      'query($f: StudyFilter) { searchStudies(filter: $f) { nodes { id } } }',
      { f: { studyInstanceUIDs: ['1.2', secret] } },
      'BAD_USER_INPUT',
      '$f.studyInstanceUIDs[1]',
    ],
    [
      'a 13th month',
      '{ searchStudies(filter: { studyDate: { from: "2020-13-01" } }) { nodes { id } } }',
      {},
      'BAD_USER_INPUT',
      'filter.studyDate.from',
    ],
    [
      'a range that ends before it begins',
      '{ searchStudies(filter: { studyDate: { from: "2021-01-02", to: "2021-01-01" } }) { nodes { id } } }',
      {},
      'BAD_USER_INPUT',
      'filter.studyDate',
    ],
    ['a cursor that is none', '{ searchStudies(after: "AAAA") { nodes { id } } }', {}, 'BAD_USER_INPUT', 'after'],
    ['an id that is none', '{ node(id: "AAAA") { id } }', {}, 'BAD_USER_INPUT', 'id'],
    ['101 ids', 'query($i: [ID!]!) { nodes(ids: $i) { id } }', { i: many.slice(0, 101) }, 'BAD_USER_INPUT', 'ids'],
    [
      'first beyond the page of a root',
      '{ searchStudies(first: 1001) { nodes { id } } }',
      {},
      'BAD_USER_INPUT',
      'first',
    ],
    ['a negative first', '{ searchStudies(first: -1) { nodes { id } } }', {}, 'BAD_USER_INPUT', 'first'],
    [
      'first beyond the page below an object',
      '{ study(studyInstanceUID: "1.1") { series(first: 10001) { nodes { id } } } }',
      {},
      'BAD_USER_INPUT',
      'first',
    ],
    [
      'a wildcard in equals',
      '{ searchStudies(filter: { patientID: { equals: "a*" } }) { nodes { id } } }',
      {},
      'BAD_USER_INPUT',
      'filter.patientID.equals',
    ],
    [
      'a wildcard in a code',
      '{ searchStudies(filter: { modalitiesInStudy: ["C?"] }) { nodes { id } } }',
      {},
      'BAD_USER_INPUT',
      'filter.modalitiesInStudy.anyOf[0]',
    ],
    [
      'an empty text',
      '{ searchStudies(filter: { patientID: { equals: "" } }) { nodes { id } } }',
      {},
      'BAD_USER_INPUT',
      'filter.patientID.equals',
    ],
    [
      'a list of 401',
      'query($u: [UID!]) { searchStudies(filter: { studyInstanceUIDs: $u }) { nodes { id } } }',
      { u: many },
      'BAD_USER_INPUT',
      'filter.studyInstanceUIDs',
    ],
    [
      'frame 0',
      '{ searchInstances { nodes { retrieve { frame(number: 0) { number } } } } }',
      {},
      'BAD_USER_INPUT',
      'number',
    ],
    [
      'a frame past the end',
      '{ searchInstances { nodes { retrieve { frames(numbers: [1, 2]) { number } } } } }',
      {},
      'BAD_USER_INPUT',
      'numbers',
    ],
    [
      '101 frames',
      'query($n: [Int!]!) { searchInstances { nodes { retrieve { frames(numbers: $n) { number } } } } }',
      { n: many.slice(0, 101).map((_, i) => i + 1) },
      'BAD_USER_INPUT',
      'numbers',
    ],
    [
      'an unknown keyword',
      '{ searchInstances { nodes { attribute(path: "PatientNam") { tag } } } }',
      {},
      'BAD_PATH',
      undefined,
    ],
    [
      'an attribute of another level',
      '{ searchStudies { nodes { attribute(path: "KVP") { tag } } } }',
      {},
      'BAD_PATH',
      'path',
    ],
    ['an unknown origin', '{ searchStudies(origin: "nowhere") { nodes { id } } }', {}, 'UNKNOWN_ORIGIN', 'origin'],
    [
      'fuzzy matching that the origin lacks',
      '{ searchStudies(filter: { fuzzy: true }) { nodes { id } } }',
      {},
      'FUZZY_UNSUPPORTED',
      'filter.fuzzy',
    ],
    [
      'a match on a private attribute',
      '{ searchStudies(filter: { attributes: [{ path: "00290010", match: { text: { equals: "x" } } }] }) { nodes { id } } }',
      {},
      'FILTER_UNSUPPORTED',
      'filter.attributes[0].path',
    ],
    [
      'a match on an attribute below the level',
      '{ searchStudies(filter: { attributes: [{ path: "SliceLocation", match: { text: { equals: "1" } } }] }) { nodes { id } } }',
      {},
      'FILTER_UNSUPPORTED',
      'filter.attributes[0].path',
    ],
    [
      'two matches on one attribute',
      '{ searchStudies(filter: { patientID: { equals: "a" }, attributes: [{ path: "PatientID", match: { text: { equals: "b" } } }] }) { nodes { id } } }',
      {},
      'FILTER_UNSUPPORTED',
      'filter.attributes[0]',
    ],
    [
      'a viewport of no pixels',
      '{ searchInstances { nodes { retrieve { rendered(viewport: { width: 0, height: 1 }) { url } } } } }',
      {},
      'BAD_USER_INPUT',
      undefined,
    ],
    [
      'a format that the origin does not render',
      '{ searchInstances { nodes { retrieve { rendered(format: MP4) { url } } } } }',
      {},
      'REPRESENTATION_UNAVAILABLE',
      'format',
    ],
  ])('%s', async (_what, query, variables, code, argument) => {
    const { errors } = await graphql.query(query, variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code, ...(argument === undefined ? {} : { argument }) });
    expect(JSON.stringify(errors)).not.toContain(secret);
  });

  test('beside what could be answered: one bad field costs one field', async () => {
    const { data, errors } = await graphql.query(
      '{ good: searchStudies { nodes { studyInstanceUID } } bad: searchStudies(first: 9999) { nodes { id } } }',
    );
    expect(data.good.nodes.length).toBeGreaterThan(0);
    expect(data.bad).toBeNull();
    expect(errors?.map(({ path }) => path)).toEqual([['bad']]);
  });
});

describe('an operation that is too large', () => {
  test('is refused by its depth', async () => {
    const deep = `${'{ study { series { nodes'.repeat(12)} { modality } ${'} } }'.repeat(12)}`;
    const { errors } = await graphql.query(`{ searchSeries { nodes ${deep} } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'DEPTH_LIMIT', limit: 30 });
    expect(graphql.requests).toEqual([]);
  });

  test('is refused by its fields, however its fragments multiply them', async () => {
    const bomb = Array.from(
      { length: 24 },
      (_, n) => `fragment F${n} on Study { a${n}: studyDate ...F${n + 1} b${n}: studyDate ...F${n + 1} }`,
    );
    const { errors } = await graphql.query(
      `{ searchStudies { nodes { ...F0 } } } ${bomb.join('\n')} fragment F24 on Study { studyDate }`,
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'COST_LIMIT' });
    expect(graphql.requests).toEqual([]);
  });

  test('mints no more links than it may, and keeps what it has', async () => {
    await using few = await startGraphql({ archive: { files: numberedFiles(1, 1, 5) }, bounds: { maxSignedUrls: 3 } });
    const { data, errors } = await few.query('{ searchInstances { nodes { retrieve { native { url } } } } }');
    const urls = data.searchInstances.nodes.filter(
      (n: { retrieve: { native: unknown } }) => n.retrieve.native !== null,
    );
    expect(urls).toHaveLength(3);
    expect(errors?.map((error) => error.extensions['code'])).toEqual(['LINK_BUDGET', 'LINK_BUDGET']);
  });
});
