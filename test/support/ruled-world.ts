import type { RowRule, RowRules } from '../../src/access/row-rules.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import type { Uid } from '../../src/dicom/uid.ts';
import { type Attributes, ctImage, dicomFile, tinyImage } from './archive.ts';

export const mrImage = '1.2.840.10008.5.1.4.1.1.4';

/** One file, by what rules and queries look at. */
export interface WorldFile {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  /** Empty: it has none. */
  readonly patient: string;
  readonly physician: string;
  readonly description: string;
  readonly date: string;
  readonly institution: string;
  readonly modality: string;
  readonly sopClass: string;
}

const study = (
  uid: string,
  of: Pick<WorldFile, 'patient' | 'physician' | 'description' | 'date'>,
  series: readonly (Pick<WorldFile, 'institution' | 'modality'> & {
    readonly uid: string;
    readonly sopClasses: readonly string[];
    readonly from?: number;
  })[],
): readonly WorldFile[] =>
  series.flatMap(({ uid: name, sopClasses, from = 1, institution, modality }) =>
    sopClasses.map((sopClass, index) => ({
      study: uid,
      ...of,
      series: `${uid}.${name}`,
      institution,
      modality,
      instance: `${uid}.${name}.${from + index}`,
      sopClass,
    })),
  );

/**
 * Studies of several patients, physicians and institutions; one with series of two institutions; one with instances of two
 * SOP Classes in one series; one without a patient; and two study UIDs of which each is of two patients, in the second with
 * one series UID for both.
 */
export const world: readonly WorldFile[] = [
  ...study('1.1', { patient: 'P-1', physician: 'Grey^Ann', description: 'Thorax', date: '20240101' }, [
    { uid: '1', institution: 'North', modality: 'CT', sopClasses: [ctImage, ctImage] },
    { uid: '2', institution: 'North', modality: 'MR', sopClasses: [mrImage] },
  ]),
  ...study('1.2', { patient: 'P-1', physician: 'Webber^Rick', description: 'Skull', date: '20240202' }, [
    { uid: '1', institution: 'South', modality: 'MR', sopClasses: [mrImage] },
  ]),
  ...study('1.3', { patient: 'P-2', physician: 'Grey^Ann', description: 'Thorax', date: '20240303' }, [
    { uid: '1', institution: 'North', modality: 'CT', sopClasses: [ctImage] },
    { uid: '2', institution: 'South', modality: 'MR', sopClasses: [mrImage, mrImage] },
  ]),
  ...study('1.4', { patient: 'P-3', physician: 'Webber^Rick', description: 'Thorax', date: '20240404' }, [
    { uid: '1', institution: 'South', modality: 'CT', sopClasses: [ctImage, mrImage] },
  ]),
  ...study('1.5', { patient: '', physician: '', description: 'Nameless', date: '20240505' }, [
    { uid: '1', institution: '', modality: 'CT', sopClasses: [ctImage] },
  ]),
  ...study('1.6', { patient: 'P-1', physician: 'Grey^Ann', description: 'Shared', date: '20240606' }, [
    { uid: '1', institution: 'North', modality: 'CT', sopClasses: [ctImage] },
  ]),
  ...study('1.6', { patient: 'P-2', physician: 'Grey^Ann', description: 'Shared', date: '20240606' }, [
    { uid: '2', institution: 'South', modality: 'CT', sopClasses: [ctImage, ctImage] },
  ]),
  ...study('1.7', { patient: 'P-2', physician: 'Webber^Rick', description: 'Shared', date: '20240707' }, [
    { uid: '1', institution: 'South', modality: 'CT', sopClasses: [ctImage] },
  ]),
  ...study('1.7', { patient: 'P-3', physician: 'Webber^Rick', description: 'Shared', date: '20240707' }, [
    { uid: '1', institution: 'South', modality: 'CT', sopClasses: [ctImage], from: 2 },
  ]),
];

/** A binary value of the file, long enough to be retrieved for itself. */
export const profileOf = ({ instance }: WorldFile): Buffer => Buffer.from(`profile of ${instance} `.padEnd(4_000, '.'));

const [black, white] = [0, 1_000];

/** Four pixels tell the file's place in the world, between a black one and a white one. */
const pixelsOf = (index: number): Uint16Array =>
  Uint16Array.of(black, ...[1, 2, 4, 8].map((bit) => (index & bit ? white : black)), white);

/** The file that these pixels are of: as they are stored, or in a picture. */
export function fileShownIn([first = 0, ...pixels]: readonly number[]): WorldFile | null {
  const middle = (first + (pixels.at(-1) ?? 0)) / 2;
  const place = pixels.slice(0, 4).reduce((sum, pixel, index) => sum + (pixel > middle ? 2 ** index : 0), 0);
  return pixels.length === 5 ? (world[place] ?? null) : null;
}

/** The file as it is stored. */
export const fileOf = (file: WorldFile, index: number): Buffer => {
  const given = (keyword: string, value: string): Attributes => (value === '' ? {} : { [keyword]: value });
  return dicomFile({
    ...tinyImage,
    Rows: 2,
    Columns: 3,
    PixelData: pixelsOf(index),
    ICCProfile: profileOf(file).toString('latin1'),
    StudyInstanceUID: file.study,
    SeriesInstanceUID: file.series,
    SOPInstanceUID: file.instance,
    SOPClassUID: file.sopClass,
    StudyDate: file.date,
    StudyDescription: file.description,
    PatientComments: `Of ${file.patient || 'nobody'}`,
    Modality: file.modality,
    InstanceNumber: file.instance.split('.').at(-1) ?? '1',
    SeriesNumber: file.series.split('.').at(-1) ?? '1',
    ...given('PatientID', file.patient),
    ...given('ReferringPhysicianName', file.physician),
    ...given('InstitutionName', file.institution),
  });
};

/** What rules are about, and where in a file it is. */
export const ruleAttributes = {
  PatientID: 'patient',
  ReferringPhysicianName: 'physician',
  InstitutionName: 'institution',
  Modality: 'modality',
  SOPClassUID: 'sopClass',
} as const satisfies Record<string, keyof WorldFile>;

export type RuleKeyword = keyof typeof ruleAttributes;

/** A rule as a test says it. */
export interface WorldRule {
  readonly origins: readonly string[] | null;
  readonly studies: readonly string[] | null;
  readonly attributes: readonly (readonly [RuleKeyword, readonly string[]])[];
}

export const rulesOf = (rules: readonly WorldRule[]): RowRules => ({ anyOf: rules.map(ruleOf) });

const ruleOf = ({ origins, studies, attributes }: WorldRule): RowRule => ({
  origins: origins === null ? null : new Set(origins),
  studies: studies === null ? null : new Set(studies as Uid[]),
  attributes: attributes.map(([keyword, values]) => ({ tag: tagOf(keyword), values: new Set(values) })),
});

/** Whether a file may be seen, by the file alone. null: everything may. */
export const isAllowed = (file: WorldFile, rules: readonly WorldRule[] | null, origin = 'able'): boolean =>
  rules === null ||
  rules.some(
    (rule) =>
      (rule.origins === null || rule.origins.includes(origin)) &&
      (rule.studies === null || rule.studies.includes(file.study)) &&
      rule.attributes.every(([keyword, values]) => {
        const value = file[ruleAttributes[keyword]];
        return value !== '' && values.includes(value);
      }),
  );

export const visibleOf = (rules: readonly WorldRule[] | null, origin?: string): readonly WorldFile[] =>
  world.filter((file) => isAllowed(file, rules, origin));

/** One condition on one attribute. */
export const where = (keyword: RuleKeyword, ...values: readonly string[]): WorldRule => ({
  origins: null,
  studies: null,
  attributes: [[keyword, values]],
});
