import type { ElementOf } from './element.ts';
import { isPrivateCreatorTag, isTag, type Tag } from './tag.ts';

interface Elements {
  tags(): readonly Tag[];
  element(tag: Tag): ElementOf<unknown> | undefined;
}

/**
 * The tag that a private attribute has in one data set: its creator's element (gggg,00xx) tells the block xx.
 *
 * @param tag - The attribute with its block left out: 00291010 of creator X is `00290010`, whatever block X took.
 * @returns Undefined where the creator has no block in that group. Where it has two, the first that holds the element.
 * @see PS3.5 §7.8.1
 */
export function privateElementTag(dataSet: Elements, tag: Tag, creator: string): Tag | undefined {
  const group = tag.slice(0, 4);
  let found: Tag | undefined;
  for (const candidate of dataSet.tags()) {
    if (!candidate.startsWith(group) || !isPrivateCreatorTag(candidate)) continue;
    if (creatorText(dataSet.element(candidate)) !== creator) continue;
    const concrete = `${group}${candidate.slice(6)}${tag.slice(6)}`;
    if (!isTag(concrete)) continue;
    found ??= concrete;
    if (dataSet.element(concrete)) return concrete;
  }
  return found;
}

/** Creators are LO, but writers that knew no private attribute stored them as UN, and archives give those as bytes. */
function creatorText(element: ElementOf<unknown> | undefined): string | null {
  if (element?.kind === 'text') return element.values[0] ?? null;
  if (element?.kind !== 'binary' || element.inlineBinary === null) return null;
  return Buffer.from(element.inlineBinary, 'base64')
    .toString('latin1')
    .replace(/[ \0]+$/, '')
    .trimStart();
}
