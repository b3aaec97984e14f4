import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, charsetFiles, knownTexts, textsOf, textsQuery } from '../support/character-sets.ts';
import { describeCorpus } from '../support/corpus.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({
    archive: { files: [...knownTexts.map(({ bytes }) => bytes), ...charsetFiles.map(bytesOf)] },
  });
});
afterAll(() => graphql[Symbol.asyncDispose]());

describe('texts through the embedded archive are those that pydicom reads', () => {
  test.each(knownTexts)('$name, $characterSet: names, LO, LT, and both in sequences', async (known) => {
    const variables = { uid: known.sopInstanceUID, study: known.studyInstanceUID };
    const { data, errors, extensions } = await graphql.query(textsQuery, variables);
    expect([errors, extensions?.['warnings']]).toEqual([undefined, undefined]);
    const { study, attributes } = data.instance;
    expect(textsOf(attributes)).toEqual(known.texts);
    expect(study.studyDescription).toBe(known.texts['StudyDescription']?.[0]);
    expect(study.patient.patientName.raw).toBe(known.texts['PatientName']?.[0]);
  });

  test.each(knownTexts)(
    '$name is found by a piece of its name and its description',
    async ({ texts, studyInstanceUID }) => {
      const [name = ''] = texts['PatientName'] ?? [];
      const piece = name.split(/[\^=]/).at(-1);
      const { data, errors } = await graphql.query(
        'query($f: StudyFilter) { searchStudies(filter: $f) { nodes { studyInstanceUID } } }',
        { f: { patientName: { contains: piece }, studyDescription: { contains: piece } } },
      );
      expect(errors).toBeUndefined();
      expect(data.searchStudies.nodes).toContainEqual({ studyInstanceUID });
    },
  );
});

describeCorpus('names of the corpus', () => {
  test.each(charsetFiles)('$file: as the manifest has it, and with a text for people', async (file) => {
    const { data } = await graphql.query(
      'query($u: UID!) { study(studyInstanceUID: $u) { patient { patientName { raw formatted } } } }',
      { u: file.studyInstanceUID },
    );
    const { raw, formatted } = data.study.patient.patientName;
    expect(raw).toBe(file.patientName);
    expect(formatted).not.toMatch(/[\^=]/);
    expect(formatted).not.toBe('');
  });
});
