import SchemaBuilder, {
  type SchemaTypes as AnySchemaTypes,
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type TypeParam,
} from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import type { Scope } from '../access/scopes.ts';
import type { FieldDeclaration } from '../planner/declaration.ts';
import type { Context } from './context.ts';
import { requireScope } from './require-scope.ts';
import { requireScopeOfFilters, scopeOfReads } from './search-attributes.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends AnySchemaTypes> {
      scope: ScopePlugin<Types>;
    }

    export interface FieldOptions<
      Types extends AnySchemaTypes = AnySchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /**
       * What the one who asks must be allowed: FORBIDDEN otherwise. Absent: what the field reads decides. Null: nothing, for
       * what it reads it does not tell.
       */
      scope?: Scope | null;
    }
  }
}

/**
 * Fields that need a scope: by what they say (`scope`), or by the attributes that they declare to read (search-attributes.ts).
 * Their resolver is not called without it.
 */
class ScopePlugin<Types extends AnySchemaTypes> extends BasePlugin<Types> {
  /** Says in the schema what each field needs, for whoever looks at it: `extensions.scope`. */
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const scope = scopeOf(field);
    return scope === null ? field : { ...field, extensions: { ...field.extensions, scope } };
  }

  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const scope = scopeOf(field);
    const matches = field.args !== undefined && Object.keys(field.args).some((name) => filterArguments.has(name));
    if (scope === null && !matches) return resolver;
    return (source, args, context, info) => {
      const { principal } = context as unknown as Context;
      if (scope !== null) requireScope(principal, scope);
      if (matches) requireScopeOfFilters(principal, args);
      return resolver(source, args, context, info);
    };
  }
}

function scopeOf<Types extends AnySchemaTypes>(field: PothosOutputFieldConfig<Types>): Scope | null {
  const { scope } = field.pothosOptions as { scope?: Scope | null };
  const { dicom } = (field.extensions ?? {}) as { dicom?: FieldDeclaration };
  return scope === undefined ? scopeOfReads(dicom) : scope;
}

/** Arguments that match on attributes. */
const filterArguments: ReadonlySet<string> = new Set(['filter', 'study', 'series']);

export const scopePlugin = 'scope';
SchemaBuilder.registerPlugin(scopePlugin, ScopePlugin);
