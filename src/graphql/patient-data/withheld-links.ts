import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { sopClassType } from '../../dicom/sop-class.ts';
import { FacadeError } from '../../errors.ts';
import type { PrincipalLinks } from '../../links/mint.ts';
import { InstanceNode } from '../../planner/nodes.ts';
import type { RenderedFormat } from '../rendered-form.ts';

/** What a link of these gives holds attributes, or is not looked into: no pixels can be told to be safe without them. */
const unshown = new Set(['native', 'metadata', 'bulkData', 'dicomwebRoot']);

/** Links for one who may not see patient data: those methods throw FORBIDDEN. */
export function withholdLinks<L extends PrincipalLinks>(links: L): L {
  return new Proxy(links, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      return unshown.has(String(name)) ? refuse : method;
    },
  });
}

function refuse(): never {
  throw withheld('This form holds what may tell who somebody is: it needs the scope "patient-data"');
}

const withheld = (message: string): FacadeError => new FacadeError('FORBIDDEN', message, { scope: 'patient-data' });

const burnedInAnnotation = tagOf('BurnedInAnnotation');
const sopClassUid = tagOf('SOPClassUID');

/** Objects whose pixels are pages, forms and captured screens: names stand in them as a rule. */
const pages: ReadonlySet<string> = new Set(['EncapsulatedDocument', 'StructuredReport', 'SecondaryCapture']);

/** Forms that are text, whatever they are made of. */
const documents: ReadonlySet<unknown> = new Set<RenderedFormat>(['PDF', 'HTML']);

/**
 * Pixels are shown where the object says that nothing identifying is burned into them: Burned In Annotation (0028,0301) NO.
 *
 * @param format - What they are rendered to; undefined: whatever is usual.
 * @throws {FacadeError} FORBIDDEN: it does not say so, says YES, or is of a kind that shows text, as the format may be.
 * @see PS3.3 §C.7.6.1, PS3.15 §E.3.1
 */
export async function requireCleanPixels(source: unknown, format?: unknown): Promise<void> {
  if (documents.has(format)) throw withheld('Names stand in documents: they need the scope "patient-data"');
  const instance = instanceOf(source);
  if (instance === null)
    throw withheld('Which of its images is shown is not looked at: it needs the scope "patient-data"');
  const told = await instance.read(burnedInAnnotation);
  // A row that answers without it may have been asked in vain: the object itself is to say so.
  const dataSet = told.has(burnedInAnnotation) ? told : await instance.metadata();
  const kind = sopClassType((await readKind(instance, dataSet)).text(sopClassUid));
  if (dataSet.text(burnedInAnnotation) === 'NO' && !pages.has(kind)) return;
  throw withheld('Names may be burned into its pixels: they need the scope "patient-data"');
}

const readKind = async (instance: InstanceNode, dataSet: DataSet): Promise<DataSet> =>
  dataSet.has(sopClassUid) ? dataSet : instance.read(sopClassUid);

/** Of InstanceRetrieve and FrameRetrieve; those of studies and series have none. */
function instanceOf(source: unknown): InstanceNode | null {
  if (source instanceof InstanceNode) return source;
  const { instance } = Object(source) as { instance?: unknown };
  return instance instanceof InstanceNode ? instance : null;
}
