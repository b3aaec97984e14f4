import type { AttributePath } from './attribute-path.ts';
import type { DataSet, Element } from './data-set.ts';

/** An element and where it is: `dataSet.at(path)` gives it again. */
export interface LocatedElement {
  readonly path: AttributePath;
  readonly element: Element;
}

/**
 * Every element of a data set and of the items in it, depth first, by tag and then by item. Lazy: a caller that wants
 * the first few decodes no more than those.
 */
export function* walkElements(dataSet: DataSet, parents: AttributePath = []): Generator<LocatedElement> {
  for (const tag of dataSet.tags()) {
    const element = dataSet.element(tag);
    if (!element) continue;
    yield { path: [...parents, { tag }], element };
    if (element.kind !== 'sequence') continue;
    for (const [item, content] of element.items.entries()) yield* walkElements(content, [...parents, { tag, item }]);
  }
}
