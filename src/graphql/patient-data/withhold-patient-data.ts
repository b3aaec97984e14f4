import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from 'graphql';
import { parseAttributePath } from '../../dicom/attribute-path.ts';
import type { FieldDeclaration } from '../../planner/declaration.ts';
import type { Context } from '../context.ts';
import { requireScope } from '../require-scope.ts';
import type { AttributeModel } from '../types/attribute-model.ts';
import type { Identifiers } from './identifiers.ts';
import { isIdentifying, isJudged, openInput } from './identifying-arguments.ts';
import { requirePath, showAttribute } from './withheld-attribute.ts';
import { requireCleanPixels } from './withheld-links.ts';

type Resolver = GraphQLFieldResolver<unknown, Context>;
type Field = GraphQLField<unknown, Context>;
/** What is done around a resolver; null: nothing. */
type Wrap = (resolve: Resolver) => Resolver;

/**
 * Makes the schema keep patient data from those without the scope for it: attributes that PS3.15's Basic Profile touches are
 * null with FORBIDDEN, and cannot be matched or ordered by; UIDs, ids and cursors are tokens; pixels are linked only where
 * nothing is burned in. Others are told everything as it is. Once a schema.
 *
 * Fields are found by what they declare: an attribute field by what it reads, an argument by its name and type.
 */
export function withholdPatientData(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const wraps = wrapsOf(type, field);
      if (wraps.length === 0) continue;
      const resolve: Resolver = field.resolve ?? ((source) => Object(source)[field.name]);
      field.resolve = wraps.reduce((inner, wrap) => wrap(inner), resolve);
    }
  }
  return schema;
}

function wrapsOf(type: GraphQLObjectType, field: Field): readonly Wrap[] {
  const wraps: Wrap[] = [];
  const named = getNamedType(field.type).name;
  const isNode = type.getInterfaces().some(({ name }) => name === 'Node');
  const { dicom } = field.extensions as { dicom?: FieldDeclaration };
  const reads = Array.isArray(dicom?.reads) ? dicom.reads : [];
  if (named === 'UID') wraps.push(mapResult((uid, identifiers) => identifiers.sealUid(uid)));
  else if (reads.some(isIdentifying) && !isPassage(field)) wraps.push(withheld);
  if (isNode && field.name === 'id') wraps.push(mapResult((id, identifiers) => identifiers.sealId(id)));
  if (cursorFields.has(field.name)) wraps.push(mapResult((cursor, identifiers) => identifiers.sealCursor(cursor)));
  if (named === 'Attribute' && 'path' in argumentsOf(field)) wraps.push(oneAttribute);
  if (named === 'Attribute' && 'paths' in argumentsOf(field)) wraps.push(severalAttributes);
  if (pixelFields[type.name]?.has(field.name)) wraps.push(cleanPixels);
  if (field.args.some((argument) => isJudged(argument) || isToken(type, argument.name)))
    wraps.push(openArguments(type, field));
  return wraps;
}

const cursorFields: ReadonlySet<string> = new Set(['cursor', 'startCursor', 'endCursor']);

/** Links to pixels. */
const pixelFields: Readonly<Record<string, ReadonlySet<string>>> = {
  StudyRetrieve: new Set(['thumbnail']),
  SeriesRetrieve: new Set(['thumbnail']),
  InstanceRetrieve: new Set(['rendered', 'thumbnail', 'frameTemplate', 'renderedFrameTemplate']),
  FrameRetrieve: new Set(['native', 'rendered']),
};

const argumentsOf = ({ args }: Field): Readonly<Record<string, true>> =>
  Object.fromEntries(args.map(({ name }) => [name, true]));

/** A way on to objects that have names: what the field reads of them it does not tell. */
const isPassage = ({ extensions }: Field): boolean => {
  const { dicom } = extensions as { dicom?: FieldDeclaration };
  return dicom?.enters !== undefined && dicom.enters !== 'inside';
};

const withheld: Wrap = (resolve) => (source, args, context, info) => {
  if (context.identifiers !== null) requireScope(context.principal, 'patient-data');
  return resolve(source, args, context, info);
};

const mapResult =
  (map: (value: string, identifiers: Identifiers) => string): Wrap =>
  (resolve) =>
  (source, args, context, info) => {
    const value: unknown = resolve(source, args, context, info);
    const { identifiers } = context;
    if (identifiers === null) return value;
    const show = (given: unknown): unknown => {
      if (given instanceof Promise) return given.then(show);
      if (Array.isArray(given)) return given.map(show);
      return typeof given === 'string' ? map(given, identifiers) : given;
    };
    // A cursor may be made when it is asked for.
    return typeof value === 'function' ? show(value()) : show(value);
  };

const oneAttribute: Wrap = (resolve) => (source, args, context, info) => {
  if (context.identifiers === null) return resolve(source, args, context, info);
  requirePath(parseAttributePath(String(args['path'])), context);
  return show(resolve(source, args, context, info), context);
};

const severalAttributes: Wrap = (resolve) => (source, args, context, info) => {
  const found: unknown = resolve(source, args, context, info);
  if (context.identifiers === null || !Array.isArray(found)) return found;
  const paths = args['paths'] as readonly string[];
  return found.map(async (model, index) => {
    const given = await model;
    requirePath(parseAttributePath(paths[index] ?? ''), context);
    return show(given, context);
  });
};

async function show(model: unknown, context: Context): Promise<AttributeModel | null> {
  return showAttribute((await model) as AttributeModel | null, context);
}

const cleanPixels: Wrap = (resolve) => async (source, args, context, info) => {
  if (context.identifiers !== null) await requireCleanPixels(source, args['format']);
  return resolve(source, args, context, info);
};

/** Arguments that hold what was given as a token without being UIDs. */
const isToken = (type: GraphQLObjectType, name: string): boolean =>
  name === 'after' || (type.name === 'Query' && (name === 'id' || name === 'ids'));

const openArguments =
  (type: GraphQLObjectType, field: Field): Wrap =>
  (resolve) =>
  (source, args: Readonly<Record<string, unknown>>, context, info) => {
    const opened: Record<string, unknown> = { ...args };
    for (const argument of field.args) {
      const { name } = argument;
      const value = args[name];
      if (value === null || value === undefined) continue;
      opened[name] = isToken(type, name)
        ? openTokens(name, value, context.identifiers)
        : openInput(argument, value, context);
    }
    return resolve(source, opened, context, info);
  };

function openTokens(name: string, value: unknown, identifiers: Identifiers | null): unknown {
  if (identifiers === null) return value;
  if (Array.isArray(value)) return value.map((one) => identifiers.openId(String(one), name));
  return name === 'after' ? identifiers.openCursor(String(value), name) : identifiers.openId(String(value), name);
}
