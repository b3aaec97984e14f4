import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import { FacadeError } from '../errors.ts';
import { givesSyntax, type StoredForm } from '../origin/capabilities/stored-form.ts';
import type { InstanceNode } from '../planner/nodes.ts';

const availableTransferSyntaxUid = tagOf('AvailableTransferSyntaxUID');
/** Of the file (PS3.10), so no attribute to ask for; some origins tell it all the same. */
const transferSyntaxUid = tagOf('TransferSyntaxUID');

/** For every field that mints a form by its transfer syntax: how an object is stored comes with its row, where that is asked for. */
export const readsStoredSyntax = ({ transferSyntaxUID }: Readonly<Record<string, unknown>>): readonly Tag[] =>
  transferSyntaxUID ? [availableTransferSyntaxUid] : [];

/**
 * Sees to it that an instance, or its frames, can be had in a transfer syntax. Costs metadata where that depends on how the
 * instance is stored, and no row was asked for it.
 *
 * Where it is not known what the origin converts, anything may be asked of it: then only the retrieval tells (406).
 *
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: the origin does not convert to it, and does not tell that the instance is
 *   stored in it.
 */
export async function requireSyntax(node: InstanceNode, form: StoredForm, wanted: string): Promise<void> {
  const { origin } = node.loaders;
  let isGiven = givesSyntax(origin.capabilities, form, wanted);
  if (isGiven === 'as stored') {
    isGiven = givesSyntax(origin.capabilities, form, wanted, await storedSyntaxes(node));
  }
  if (isGiven !== false) return;
  throw new FacadeError(
    'REPRESENTATION_UNAVAILABLE',
    'The origin does not give this object in this transfer syntax; without transferSyntaxUID it comes as stored',
    { origin: origin.id, representation: form, argument: 'transferSyntaxUID' },
  );
}

async function storedSyntaxes(node: InstanceNode): Promise<readonly string[]> {
  const dataSet = await node.read(availableTransferSyntaxUid);
  const told = dataSet.texts(availableTransferSyntaxUid);
  return (told.length > 0 ? told : dataSet.texts(transferSyntaxUid)).filter((uid) => uid !== null);
}
