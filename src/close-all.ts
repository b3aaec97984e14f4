/** What is to be closed at the end, in this order: what is under way needs what is behind it. */
export type Closers = (() => Promise<void>)[];

/**
 * Closes one after the other, and all of them: what one fails with leaves none open.
 *
 * @throws What the first that failed came to.
 */
export async function closeAll(closers: Readonly<Closers>): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
