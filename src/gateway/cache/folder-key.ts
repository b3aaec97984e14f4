import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const keyBytes = 32;
const attempts = 5;

/**
 * The key that names in a folder are made with: a file beside them, made by whoever is first, whole or not at all.
 *
 * @throws What the file system throws.
 */
export async function folderKey(folder: string): Promise<KeyObject> {
  const path = join(folder, 'key');
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const bytes = await readFile(path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (bytes?.length === keyBytes) return createSecretKey(bytes);
    if (bytes !== null) await rm(path, { force: true });
    await makeKey(folder, path);
  }
  throw new Error('The key of the folder cannot be read');
}

async function makeKey(folder: string, path: string): Promise<void> {
  const made = join(folder, `${randomUUID()}.part`);
  try {
    const file = await open(made, 'wx', 0o600);
    await file.write(randomBytes(keyBytes));
    await file.sync();
    await file.close();
    await link(made, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(made, { force: true });
  }
}

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
