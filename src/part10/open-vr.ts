import { entryOfTag } from '../dicom/dictionary.ts';
import { isPrivateCreatorTag } from '../dicom/tag.ts';
import { hexOfTag, type TagNumber } from './tags.ts';

/** What the VR of an attribute may depend on: its data set, and those around it. */
export interface VrContext {
  /** Pixel Representation (0028,0103) is 1, here or in an enclosing data set. */
  readonly signedPixels: boolean;
  /** Entries of the LUT that is described in this very item; null where none is. */
  readonly lutEntries: number | null;
}

/**
 * The VR of an element that is written without one (Implicit VR), or with UN.
 *
 * Private creators are LO, other private elements UN (PS3.5 §6.2.2, §7.8.1). Where PS3.6 leaves the VR open: `US or SS` by
 * Pixel Representation; `OB or OW` is OW, as it is in Implicit VR (PS3.5 §A.1); `US or OW` is OW except for a LUT of one
 * entry (PS3.3 §C.11.1.1.1).
 */
export function vrByDictionary(tag: TagNumber, context: VrContext): string {
  const hex = hexOfTag(tag);
  if (isPrivateCreatorTag(hex)) return 'LO';
  const [vr = 'UN', ...others] = entryOfTag(hex)?.vr ?? [];
  if (others.length === 0) return vr;
  if (vr === 'US' && others.includes('SS')) return context.signedPixels ? 'SS' : 'US';
  if (vr === 'US') return context.lutEntries === 1 ? 'US' : 'OW';
  return 'OW';
}
