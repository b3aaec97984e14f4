/**
 * Whether a text matches a pattern in which `*` stands for any characters, also none, and `?` for exactly one.
 *
 * Walks both once and goes back only to the last `*`: at most text times pattern steps, whatever the pattern, where a
 * regular expression made of it could take exponential time.
 *
 * @see PS3.4 §C.2.2.2.4
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  const characters = [...text];
  const wanted = [...pattern];
  let at = 0;
  let next = 0;
  let star = -1;
  let restart = 0;
  while (at < characters.length) {
    if (wanted[next] === '*') {
      star = next++;
      restart = at;
    } else if (next < wanted.length && (wanted[next] === '?' || wanted[next] === characters[at])) {
      at++;
      next++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++restart;
    } else {
      return false;
    }
  }
  while (wanted[next] === '*') next++;
  return next === wanted.length;
}

export const hasWildcard = (text: string): boolean => text.includes('*') || text.includes('?');
