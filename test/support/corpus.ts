import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';

/** A file of the corpus, as its manifest describes it: values read by independent tools, not by this project. */
export interface CorpusFile {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  readonly sopClassUID: string | null;
  readonly transferSyntaxUID: string | null;
  readonly modality: string | null;
  readonly rows: number | null;
  readonly columns: number | null;
  /** NumberOfFrames, 1 where it is absent. */
  readonly frames: number | null;
  readonly samplesPerPixel: number | null;
  readonly bitsAllocated: number | null;
  readonly bitsStored: number | null;
  readonly highBit: number | null;
  readonly pixelRepresentation: 0 | 1 | null;
  readonly planarConfiguration: 0 | 1 | null;
  readonly photometricInterpretation: string | null;
  readonly hasPixelData: boolean;
  readonly specificCharacterSet: string | null;
  readonly patientName: string | null;
  readonly patientID: string | null;
  readonly studyInstanceUID: string | null;
  readonly seriesInstanceUID: string | null;
  readonly sopInstanceUID: string | null;
  readonly instanceNumber: number | null;
  readonly preamble: boolean;
  readonly storable: boolean;
  readonly valid: boolean;
  readonly defect?: string;
  readonly duplicateOf?: string;
  readonly note?: string;
  readonly storedFrame1?: { readonly sha256: string; readonly length: number };
  readonly frame1?: {
    readonly sha256?: string;
    readonly length?: number;
    readonly lossy?: boolean;
    readonly mean?: number | readonly number[];
    readonly std?: number | readonly number[];
    readonly min?: number;
    readonly max?: number;
    readonly ambiguous?: string;
    readonly maxDifferenceBetweenDecoders?: number;
  };
}

/** Where the corpus lies: DICOM_CORPUS, or beside the checkout. */
export const corpusFolder = process.env['DICOM_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus');

/** In CI a missing corpus or archive is a failure; elsewhere their tests are skipped, and say so. */
export const requireOrigins = process.env['REQUIRE_ORIGINS'] === '1';

const hasCorpus = existsSync(join(corpusFolder, 'manifest.json'));

if (!hasCorpus && requireOrigins) throw new Error(`REQUIRE_ORIGINS=1, and there is no corpus in ${corpusFolder}`);

export const corpus: readonly CorpusFile[] = hasCorpus
  ? (JSON.parse(readFileSync(join(corpusFolder, 'manifest.json'), 'utf8')) as CorpusFile[])
  : [];

/** Files that a store should be loaded with: valid, with all UIDs, and the first of their SOP Instance UID. */
export const storable: readonly CorpusFile[] = corpus.filter(
  (f) => f.valid && f.storable && f.duplicateOf === undefined,
);

/** `describe` for tests that read the corpus. Skipped with a visible word where there is none. */
export function describeCorpus(title: string, body: () => void): void {
  if (hasCorpus) describe(title, body);
  else describe.skip(`${title} [skipped: no DICOM corpus, set DICOM_CORPUS]`, body);
}

export const corpusPath = (file: CorpusFile): string => join(corpusFolder, file.file);
