import type { Plugin } from 'graphql-yoga';
import type { Context } from './context.ts';

/** Tells of each operation how many requests to origins it came to, when its answer is whole. */
export function measureOperations(tell: ((plannedRequests: number) => void) | undefined): Plugin<Context> {
  if (tell === undefined) return {};
  return {
    onExecute: ({ args }) => ({
      onExecuteDone({ result }) {
        const end = (): void => tell((args.contextValue as Context).plannedRequests());
        if (Symbol.asyncIterator in result) return { onEnd: end };
        end();
        return undefined;
      },
    }),
  };
}
