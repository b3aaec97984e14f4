import {
  type GraphQLArgument,
  type GraphQLInputField,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql';
import type { Principal } from '../../access/principal.ts';
import { parseAttributePath } from '../../dicom/attribute-path.ts';
import { mayIdentify } from '../../dicom/confidentiality-profile.ts';
import { entryOfKeyword, entryOfTag } from '../../dicom/dictionary.ts';
import type { Tag } from '../../dicom/tag.ts';
import { isUid } from '../../dicom/uid.ts';
import { FacadeError } from '../../errors.ts';
import { requireScope } from '../require-scope.ts';
import type { Identifiers } from './identifiers.ts';

type Input = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>;

/** Who asks, and how objects are named to it; null: by their UIDs. */
export interface Asker {
  readonly principal: Principal;
  readonly identifiers: Identifiers | null;
}

/** Whether what the dictionary calls so may tell who somebody is. */
export function isIdentifying(tag: Tag): boolean {
  return mayIdentify(tag) || (entryOfTag(tag)?.vr ?? []).some((vr) => mayIdentify(tag, vr));
}

/** `patientName` matches PatientName: fields of filters and arguments are called as the attributes that they match. */
function tagOfName(name: string): Tag | undefined {
  return entryOfKeyword(name.charAt(0).toUpperCase() + name.slice(1))?.tag;
}

/** Whether an argument, or what stands inside it, is a UID, or matches on an attribute. */
export function isJudged(input: Input): boolean {
  const type = getNamedType(input.type);
  return type.name === 'UID' || isInputObjectType(type) || isMatch(input);
}

function isMatch({ name }: Input): boolean {
  const tag = tagOfName(name);
  return name === 'orderBy' || (tag !== undefined && isIdentifying(tag));
}

/**
 * The value of an argument as resolvers take it: tokens become UIDs again.
 *
 * @throws {FacadeError} FORBIDDEN: it matches on what the asker may not see, and the answer would tell it. BAD_USER_INPUT: a UID
 *   where tokens are given, or the reverse.
 */
export function openInput(input: Input, value: unknown, asker: Asker): unknown {
  if (value === null || value === undefined) return value;
  if (isListType(getNullableType(input.type)) && Array.isArray(value)) {
    return value.map((one) => openInput({ ...input, type: getNamedType(input.type) }, one, asker));
  }
  const type = getNamedType(input.type);
  if (type.name === 'UID') return openUid(String(value), input.name, asker.identifiers);
  if (asker.identifiers !== null && isMatch(input)) requireScope(asker.principal, 'patient-data');
  if (!isInputObjectType(type)) return value;
  const fields = type.getFields();
  if (type.name === 'AttributeMatch' && asker.identifiers !== null) checkPath(value, asker.principal);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const field = fields[name];
      return [name, field === undefined ? inner : openInput(field, inner, asker)];
    }),
  );
}

function openUid(text: string, argument: string, identifiers: Identifiers | null): string {
  if (identifiers !== null) return identifiers.openUid(text, argument);
  if (isUid(text)) return text;
  throw new FacadeError('BAD_USER_INPUT', 'Expected a DICOM UID: numbers joined by dots, at most 64 characters', {
    argument,
  });
}

function checkPath(match: object, principal: Principal): void {
  const { path } = match as { path?: unknown };
  if (parseAttributePath(String(path)).some(({ tag }) => isIdentifying(tag))) requireScope(principal, 'patient-data');
}
