import type { AttributePath } from '../../dicom/attribute-path.ts';
import { mayIdentify } from '../../dicom/confidentiality-profile.ts';
import { requireScope } from '../require-scope.ts';
import type { AttributeModel } from '../types/attribute-model.ts';
import { type Asker, isIdentifying } from './identifying-arguments.ts';

/** @throws {FacadeError} FORBIDDEN: an attribute on the way may tell who somebody is. */
export function requirePath(path: AttributePath, { principal, identifiers }: Asker): void {
  if (identifiers !== null && path.some(({ tag }) => isIdentifying(tag))) requireScope(principal, 'patient-data');
}

/**
 * An attribute as the asker may see it: its UIDs are tokens.
 *
 * @throws {FacadeError} FORBIDDEN: the origin tells it with a VR whose values identify.
 */
export function showAttribute(model: AttributeModel | null, { principal, identifiers }: Asker): AttributeModel | null {
  if (model === null || identifiers === null) return model;
  const { element } = model;
  if (mayIdentify(element.tag, element.vr)) requireScope(principal, 'patient-data');
  if (element.kind !== 'text' || element.vr !== 'UI') return model;
  const values = element.values.map((uid) => (uid === null ? null : identifiers.sealUid(uid)));
  return { ...model, element: { ...element, values } };
}
