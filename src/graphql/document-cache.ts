import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Of the text of documents. What is parsed of it takes up to 70 times as much memory. */
const maxCharacters = 500_000;

/**
 * What Yoga keeps of documents that come again: those used last, bounded by their size, where it has a bound on their number
 * alone. What does not parse is not kept: to find that out again is quick, and everyone can send another.
 */
export const createDocumentCache = () => ({
  documentCache: new LRUCache<string, DocumentNode>({
    maxSize: maxCharacters,
    sizeCalculation: (_document, text) => Math.max(1, text.length),
  }),
  errorCache: { get: () => undefined, set: () => undefined },
});
