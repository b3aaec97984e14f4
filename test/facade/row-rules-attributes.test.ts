import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RowRules } from '../../src/access/row-rules.ts';
import { ruleAttributes } from '../../src/config/access-settings.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { ctImage, dicomFile, tinyImage } from '../support/archive.ts';
import { type RuledFacade, startRuled } from '../support/ruled.ts';
import { mrImage } from '../support/ruled-world.ts';

const texts = ruleAttributes.filter((keyword) => keyword !== 'SOPClassUID');
const fileOf = (study: string, value: string, sopClass: string): Buffer =>
  dicomFile({
    ...tinyImage,
    ...Object.fromEntries(texts.map((keyword) => [keyword, value])),
    SOPClassUID: sopClass,
    StudyInstanceUID: study,
    SeriesInstanceUID: `${study}.1`,
    SOPInstanceUID: `${study}.1.1`,
  });

let facade: RuledFacade;
beforeAll(async () => {
  facade = await startRuled({ files: [fileOf('1.1', 'MINE', ctImage), fileOf('1.2', 'THEIRS', mrImage)] });
});
afterAll(() => facade[Symbol.asyncDispose]());

test.each(ruleAttributes)('a rule about %s opens what has it, at every level, and nothing else', async (keyword) => {
  const value = keyword === 'SOPClassUID' ? ctImage : 'MINE';
  const rows: RowRules = {
    anyOf: [{ origins: null, studies: null, attributes: [{ tag: tagOf(keyword), values: new Set([value]) }] }],
  };
  facade.rules.set('mary', { rows });
  const { data, errors } = await facade.query(
    'mary',
    `{
      searchStudies { nodes { studyInstanceUID } }
      searchSeries { nodes { seriesInstanceUID } }
      searchInstances { nodes { sopInstanceUID retrieve { native { url } } } }
      study(studyInstanceUID: "1.1") { series { nodes { instances { nodes { sopInstanceUID } } } } }
      hidden: study(studyInstanceUID: "1.2") { studyInstanceUID }
      studyStatistics { studies }
    }`,
  );
  expect(errors).toBeUndefined();
  const [{ retrieve, ...instance }] = data.searchInstances.nodes;
  expect({ ...data, searchInstances: [instance] }).toEqual({
    searchStudies: { nodes: [{ studyInstanceUID: '1.1' }] },
    searchSeries: { nodes: [{ seriesInstanceUID: '1.1.1' }] },
    searchInstances: [{ sopInstanceUID: '1.1.1.1' }],
    study: { series: { nodes: [{ instances: { nodes: [{ sopInstanceUID: '1.1.1.1' }] } }] } },
    hidden: null,
    studyStatistics: { studies: 1 },
  });
  expect((await fetch(retrieve.native.url)).status).toBe(200);
});
