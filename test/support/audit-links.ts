import { createHash } from 'node:crypto';
import { AuditLinks, type AuditLink, type AuditLinksCheck } from '../../src/domain/release/audit-chain.ts';
import type { JournalPort } from '../../src/ports/journal.ts';

/** The whole audit chain of a journal. */
export async function linksOf(journal: Pick<JournalPort, 'audit'>): Promise<readonly AuditLink[]> {
  const all: AuditLink[] = [];
  for (let more = await journal.audit(0); more.length > 0; more = await journal.audit(all.length)) all.push(...more);
  return all;
}

export function checkLinks(all: readonly AuditLink[]): AuditLinksCheck {
  const links = new AuditLinks((text) => createHash('sha256').update(text).digest('hex'));
  for (const link of all) links.read(link);
  return links.result;
}
