import type { Audit, AuditOptions } from './audit/audit.ts';
import type { Closers } from './close-all.ts';
import type { Config } from './config/config.ts';

/** The audit trail, as it is configured; null: none is kept. */
export async function openAudit(
  { audit: settings }: Pick<Config, 'audit'>,
  surroundings: Pick<AuditOptions, 'publicUrl' | 'clock' | 'log' | 'findSubject'>,
  closers: Closers,
): Promise<Audit | null> {
  if (settings === null) return null;
  const { createAudit } = await import('./audit/audit.ts');
  const audit = await createAudit({ ...settings, ...surroundings });
  closers.push(() => audit.close());
  return audit;
}
