import {
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
} from 'graphql';
import { FacadeError } from '../../errors.ts';
import type { CostEstimate } from './estimate-cost.ts';

/**
 * Counts the values of an answer as its lists are filled: what was reckoned before is what archives have as a rule, and an
 * archive may have more.
 */
export class CostMeter {
  /** `maxCost` */
  readonly limit: number;
  #estimate: CostEstimate | null = null;
  #values = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  begin(estimate: CostEstimate): void {
    this.#estimate = estimate;
    this.#values = estimate.valuesAtRoot;
  }

  /** @throws {FacadeError} COST_LIMIT: with this list the answer would pass the bound. */
  addObjects(count: number, { fieldNodes: [node] }: GraphQLResolveInfo): void {
    const perObject = (node && this.#estimate?.valuesPerObject.get(node)) ?? 1;
    const need = this.#values + count * perObject;
    const { limit } = this;
    if (need > limit) {
      throw new FacadeError('COST_LIMIT', `The answer comes to ${need} values, of at most ${limit}`, { need, limit });
    }
    this.#values = need;
  }

  /** What was reckoned; null: it never came to that. */
  get estimate(): CostEstimate | null {
    return this.#estimate;
  }

  /** So far. What is null below an object counts too. */
  get values(): number {
    return this.#values;
  }
}

/** Where the meter of an operation is found. */
export interface Metered {
  readonly meter: CostMeter;
}

/** Makes every list of objects in the schema count itself in the operation's meter. Once a schema. */
export function meterLists(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve || !isListType(getNullableType(field.type)) || !isCompositeType(getNamedType(field.type))) continue;
      field.resolve = (source, args, context: Metered, info) => {
        const count = (list: unknown): unknown => {
          if (Array.isArray(list)) context.meter.addObjects(list.length, info);
          return list;
        };
        const list: unknown = resolve(source, args, context, info);
        return list instanceof Promise ? list.then(count) : count(list);
      };
    }
  }
  return schema;
}
