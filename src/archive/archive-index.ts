import type { JsonDataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { stringifyDataSet } from '../dicom/stringify-data-set.ts';
import { isUid } from '../dicom/uid.ts';
import { everyLevel, type Level, levelOf, rowTags } from './attribute-level.ts';
import { firstNumber, firstText, selectAttributes } from './data-set-values.ts';
import { prefixBulkData, resourcePath } from './resource-path.ts';
import { Conditions, Sql, type SqlRow } from './sql.ts';

/** What the index keeps of one file. */
export interface IndexedFile {
  /** As the file store names it. */
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly transferSyntaxUid: string;
  /** All attributes; bulk data by references relative to the instance. */
  readonly dataSet: JsonDataSet;
  readonly hasPixelData: boolean;
}

/** A row of a search at any level. */
export interface IndexRow {
  readonly id: number;
  /** What searches tell of it, a JSON data set. */
  readonly attributes: string;
}

/** Where an instance is, and what must be known of it to serve it. */
export interface InstanceEntry {
  readonly id: number;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly transferSyntaxUid: string;
  readonly hasPixelData: boolean;
}

/** The UIDs in the path of a resource. */
export interface ResourceUids {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

/** UIDs that a search is narrowed down to, by level. */
export type UidLists = Readonly<Partial<Record<Level, readonly string[]>>>;

/** JSON text of attributes, with bulk data references relative to the archive's base URL. */
type ToText = (attributes: JsonDataSet) => string;

export type AddOutcome = 'added' | 'duplicate' | 'no-identity';

const schema = `
  DROP TABLE IF EXISTS instance;
  DROP TABLE IF EXISTS series;
  DROP TABLE IF EXISTS study;
  CREATE TABLE study (
    id INTEGER PRIMARY KEY,
    study_uid TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    study_date TEXT,
    study_time TEXT,
    attributes TEXT NOT NULL,
    UNIQUE (study_uid, patient_id)
  );
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    study_id INTEGER NOT NULL REFERENCES study,
    series_uid TEXT NOT NULL,
    number REAL,
    modality TEXT,
    attributes TEXT NOT NULL,
    UNIQUE (study_id, series_uid)
  );
  CREATE INDEX series_by_uid ON series (series_uid);
  CREATE TABLE instance (
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series,
    sop_uid TEXT NOT NULL UNIQUE,
    sop_class TEXT NOT NULL,
    number REAL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ms REAL NOT NULL,
    transfer_syntax TEXT NOT NULL,
    has_pixel_data INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    data_set TEXT NOT NULL
  );
  CREATE INDEX instance_in_order ON instance (series_id, number IS NULL, number, sop_uid);
`;

const tags = {
  studyInstanceUid: tagOf('StudyInstanceUID'),
  seriesInstanceUid: tagOf('SeriesInstanceUID'),
  sopInstanceUid: tagOf('SOPInstanceUID'),
  sopClassUid: tagOf('SOPClassUID'),
  patientId: tagOf('PatientID'),
  studyDate: tagOf('StudyDate'),
  studyTime: tagOf('StudyTime'),
  modality: tagOf('Modality'),
  seriesNumber: tagOf('SeriesNumber'),
  instanceNumber: tagOf('InstanceNumber'),
  modalitiesInStudy: tagOf('ModalitiesInStudy'),
  sopClassesInStudy: tagOf('SOPClassesInStudy'),
  numberOfStudyRelatedSeries: tagOf('NumberOfStudyRelatedSeries'),
  numberOfStudyRelatedInstances: tagOf('NumberOfStudyRelatedInstances'),
  numberOfSeriesRelatedInstances: tagOf('NumberOfSeriesRelatedInstances'),
  instanceAvailability: tagOf('InstanceAvailability'),
};

/**
 * What an archive knows of its files: three tables, and the data sets as JSON without long binary values.
 *
 * A study is one patient's: the same Study Instance UID under two Patient IDs makes two studies, as in Orthanc. What a study
 * or series is called is what its first file says; each instance keeps its own word in its data set.
 *
 * Order is total and steady: studies newest first, series and instances by number, then by UID; those without a date or
 * number come last.
 */
export class ArchiveIndex {
  readonly #sql: Sql;

  /** @param databasePath - A file, written anew, that keeps the index out of memory; `:memory:` for none. */
  constructor(databasePath = ':memory:') {
    this.#sql = new Sql(databasePath);
    this.#sql.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;');
    this.#sql.exec(schema);
  }

  close(): void {
    this.#sql.close();
  }

  /** Adds one file. What it makes findable is whole only after {@link summarize}. */
  add(file: IndexedFile): AddOutcome {
    const { dataSet } = file;
    const identity = identityOf(dataSet);
    if (identity === null) return 'no-identity';
    const { studyUid, seriesUid, sopUid, sopClass } = identity;
    if (this.#sql.get('SELECT 1 FROM instance WHERE sop_uid = ?', sopUid)) return 'duplicate';
    const prefix = `${resourcePath({ study: studyUid, series: seriesUid, instance: sopUid })}/`;
    const toText = (attributes: JsonDataSet): string => prefixBulkData(stringifyDataSet(attributes), prefix);
    const studyId = this.#studyId(studyUid, dataSet, toText);
    const seriesId = this.#seriesId(studyId, seriesUid, dataSet, toText);
    this.#sql.run(
      `INSERT INTO instance (series_id, sop_uid, sop_class, number, name, size, modified_ms, transfer_syntax,
                             has_pixel_data, attributes, data_set)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      seriesId,
      sopUid,
      sopClass,
      firstNumber(dataSet, tags.instanceNumber),
      file.name,
      file.size,
      file.modifiedMs,
      file.transferSyntaxUid,
      file.hasPixelData ? 1 : 0,
      toText({
        ...selectAttributes(dataSet, (tag) => rowTags.instance.has(tag)),
        [tags.instanceAvailability]: online,
      }),
      toText(dataSet),
    );
    return 'added';
  }

  /** Runs `work` as one transaction: thousands of files are added many times faster. */
  async transaction(work: () => Promise<void>): Promise<void> {
    this.#sql.exec('BEGIN');
    try {
      await work();
    } finally {
      this.#sql.exec('COMMIT');
    }
  }

  /**
   * Brings what studies and series tell of their contents up to date (PS3.4 §C.3.4).
   *
   * @param studyUid - Of this study alone; default: of all.
   */
  summarize(studyUid?: string): void {
    const where = new Conditions().equals('study_uid', studyUid);
    const series = `SELECT series.id AS id, series.attributes AS attributes FROM series JOIN study ON study_id = study.id`;
    for (const { id, attributes } of this.#sql.all(`${series} ${where}`, ...where.values)) {
      const counted = this.#sql.get('SELECT count(*) AS n FROM instance WHERE series_id = ?', Number(id));
      const summary = { [tags.numberOfSeriesRelatedInstances]: { vr: 'IS', Value: [Number(counted?.['n'])] } };
      this.#sql.run('UPDATE series SET attributes = ? WHERE id = ?', merged(attributes, summary), Number(id));
    }
    for (const { id, attributes } of this.#sql.all(`SELECT id, attributes FROM study ${where}`, ...where.values)) {
      this.#sql.run(
        'UPDATE study SET attributes = ? WHERE id = ?',
        merged(attributes, this.#summaryOf(Number(id))),
        Number(id),
      );
    }
  }

  #summaryOf(studyId: number): JsonDataSet {
    const below = 'FROM series JOIN instance ON series_id = series.id WHERE study_id = ?';
    const counted = this.#sql.get(`SELECT count(*) AS n, count(DISTINCT series_id) AS s ${below}`, studyId);
    const distinct = (column: string): string[] =>
      this.#sql
        .all(`SELECT DISTINCT ${column} AS value ${below} AND ${column} IS NOT NULL ORDER BY 1`, studyId)
        .map((row) => String(row['value']));
    return {
      [tags.modalitiesInStudy]: list('CS', distinct('modality')),
      [tags.sopClassesInStudy]: list('UI', distinct('sop_class')),
      [tags.numberOfStudyRelatedSeries]: { vr: 'IS', Value: [Number(counted?.['s'])] },
      [tags.numberOfStudyRelatedInstances]: { vr: 'IS', Value: [Number(counted?.['n'])] },
      [tags.instanceAvailability]: online,
    };
  }

  counts(): { readonly studies: number; readonly series: number; readonly instances: number } {
    const count = (table: string): number => Number(this.#sql.get(`SELECT count(*) AS n FROM ${table}`)?.['n']);
    return { studies: count('study'), series: count('series'), instances: count('instance') };
  }

  /** The studies that hold what the UID lists name, in order. */
  studies(uids: UidLists): IndexRow[] {
    const where = new Conditions()
      .isOneOf('study_uid', uids.study)
      .idIsIn('SELECT study_id FROM series WHERE series_uid', uids.series)
      .idIsIn('SELECT study_id FROM series JOIN instance ON series_id = series.id WHERE sop_uid', uids.instance);
    const order = 'ORDER BY study_date DESC, study_time DESC, study_uid, id';
    return this.#sql.all(`SELECT id, attributes FROM study ${where} ${order}`, ...where.values).map(toIndexRow);
  }

  /** The series of a study, in order. */
  series(studyId: number, uids: UidLists): IndexRow[] {
    const where = new Conditions()
      .equals('study_id', studyId)
      .isOneOf('series_uid', uids.series)
      .idIsIn('SELECT series_id FROM instance WHERE sop_uid', uids.instance);
    const order = 'ORDER BY number IS NULL, number, series_uid';
    return this.#sql.all(`SELECT id, attributes FROM series ${where} ${order}`, ...where.values).map(toIndexRow);
  }

  /** The instances of a series, in order. */
  instances(seriesId: number, uids: UidLists): IndexRow[] {
    const where = new Conditions().equals('series_id', seriesId).isOneOf('sop_uid', uids.instance);
    const order = 'ORDER BY number IS NULL, number, sop_uid';
    return this.#sql.all(`SELECT id, attributes FROM instance ${where} ${order}`, ...where.values).map(toIndexRow);
  }

  /** The whole data set of an instance, as JSON. Bulk data references are relative to the archive's base URL. */
  dataSet(instanceId: number): string {
    return String(this.#sql.get('SELECT data_set FROM instance WHERE id = ?', instanceId)?.['data_set']);
  }

  /** The instances of a resource, series after series in order. */
  resource(uids: ResourceUids): InstanceEntry[] {
    return this.#entries(
      new Conditions()
        .equals('study_uid', uids.study)
        .equals('series_uid', uids.series)
        .equals('sop_uid', uids.instance),
    );
  }

  /** The instance with this SOP Instance UID, of whatever study. */
  find(sopUid: string): InstanceEntry | null {
    return this.#entries(new Conditions().equals('sop_uid', sopUid))[0] ?? null;
  }

  #entries(where: Conditions): InstanceEntry[] {
    return this.#sql
      .all(
        `SELECT instance.id AS id, study_uid, series_uid, sop_uid, name, size, modified_ms, transfer_syntax,
                has_pixel_data
         FROM study JOIN series ON study_id = study.id JOIN instance ON series_id = series.id ${where}
         ORDER BY study.id, series.number IS NULL, series.number, series_uid,
                  instance.number IS NULL, instance.number, sop_uid`,
        ...where.values,
      )
      .map((row) => ({
        id: Number(row['id']),
        studyUid: String(row['study_uid']),
        seriesUid: String(row['series_uid']),
        sopUid: String(row['sop_uid']),
        name: String(row['name']),
        size: Number(row['size']),
        modifiedMs: Number(row['modified_ms']),
        transferSyntaxUid: String(row['transfer_syntax']),
        hasPixelData: row['has_pixel_data'] === 1,
      }));
  }

  #studyId(studyUid: string, dataSet: JsonDataSet, toText: ToText): number {
    const patientId = firstText(dataSet, tags.patientId) ?? '';
    const known = this.#sql.get('SELECT id FROM study WHERE study_uid = ? AND patient_id = ?', studyUid, patientId);
    if (known) return Number(known['id']);
    return this.#sql.run(
      'INSERT INTO study (study_uid, patient_id, study_date, study_time, attributes) VALUES (?, ?, ?, ?, ?)',
      studyUid,
      patientId,
      firstText(dataSet, tags.studyDate)?.replaceAll('.', '') ?? null,
      firstText(dataSet, tags.studyTime)?.replaceAll(':', '') ?? null,
      toText(attributesOf(dataSet, 'study')),
    );
  }

  #seriesId(studyId: number, seriesUid: string, dataSet: JsonDataSet, toText: ToText): number {
    const known = this.#sql.get('SELECT id FROM series WHERE study_id = ? AND series_uid = ?', studyId, seriesUid);
    if (known) return Number(known['id']);
    return this.#sql.run(
      'INSERT INTO series (study_id, series_uid, number, modality, attributes) VALUES (?, ?, ?, ?, ?)',
      studyId,
      seriesUid,
      firstNumber(dataSet, tags.seriesNumber),
      firstText(dataSet, tags.modality),
      toText(attributesOf(dataSet, 'series')),
    );
  }
}

/** The UIDs that say where an instance belongs, and what it is. */
export interface InstanceIdentity {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly sopClass: string;
}

/** null: one of the four is missing, or no UID. */
export function identityOf(dataSet: JsonDataSet): InstanceIdentity | null {
  const studyUid = firstText(dataSet, tags.studyInstanceUid);
  const seriesUid = firstText(dataSet, tags.seriesInstanceUid);
  const sopUid = firstText(dataSet, tags.sopInstanceUid);
  const sopClass = firstText(dataSet, tags.sopClassUid);
  if (!isUid(studyUid) || !isUid(seriesUid) || !isUid(sopUid) || sopClass === null) return null;
  return { studyUid, seriesUid, sopUid, sopClass };
}

/** PS3.4 §C.4.23.1.1: every file is at hand. */
const online = { vr: 'CS', Value: ['ONLINE'] };

const list = (vr: string, values: readonly string[]) => (values.length === 0 ? { vr } : { vr, Value: values });

const attributesOf = (dataSet: JsonDataSet, level: Level): JsonDataSet =>
  selectAttributes(dataSet, (tag) => levelOf(tag) === level || everyLevel.has(tag));

const merged = (attributes: unknown, summary: JsonDataSet): string =>
  stringifyDataSet({ ...(JSON.parse(String(attributes)) as JsonDataSet), ...summary });

const toIndexRow = (row: SqlRow): IndexRow => ({ id: Number(row['id']), attributes: String(row['attributes']) });
