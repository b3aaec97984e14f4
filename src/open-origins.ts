import type { ArchiveStats } from './archive/ingest.ts';
import type { RunningArchive } from './archive/server.ts';
import type { Closers } from './close-all.ts';
import type { ArchiveConfig } from './config/archive.ts';
import { createOrigin, type Origin, type OriginHooks } from './origin/origin.ts';
import type { OriginConfig } from './origin/origin-config.ts';

/** Where studies come from. */
export interface OpenedOrigins {
  /** By id; the first is the default. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What the embedded archive holds; null in front of other origins. */
  readonly archive: ArchiveStats | null;
}

/** Opens the origins that are configured, and the embedded archive where that is the one. */
export async function openOrigins(config: ArchiveConfig, hooks: OriginHooks, closers: Closers): Promise<OpenedOrigins> {
  const embedded = await openArchive(config);
  if (embedded !== null) closers.push(() => embedded.close());
  const origins = new Map(originsOf(config, embedded).map((known) => [known.id, createOrigin(known, hooks)]));
  closers.push(...[...origins.values()].map((origin) => () => origin.close()));
  return { origins, archive: embedded?.stats ?? null };
}

/** The embedded archive over a folder or the phantom studies, on loopback; null in front of other origins. */
async function openArchive(archive: ArchiveConfig): Promise<RunningArchive | null> {
  if (archive.kind === 'origins') return null;
  const { startArchive } = await import('./archive/server.ts');
  if (archive.kind === 'folder') return startArchive({ folder: archive.folder, writable: archive.isWritable });
  const { createPhantomFiles } = await import('./phantom/phantom-studies.ts');
  const files = await createPhantomFiles();
  return startArchive({ files: files.map(({ bytes }) => bytes), writable: true });
}

function originsOf(archive: ArchiveConfig, embedded: RunningArchive | null): readonly OriginConfig[] {
  if (archive.kind === 'origins') return archive.origins;
  const isPhantom = archive.kind === 'phantom';
  return [
    {
      ...archive.requests,
      id: isPhantom ? 'demo' : 'folder',
      name: isPhantom ? 'Phantom studies' : 'Folder',
      url: embedded?.url ?? '',
      profile: 'embedded',
      capabilities: { storing: archive.kind === 'phantom' || archive.isWritable },
      credentials: { kind: 'none' },
    },
  ];
}
