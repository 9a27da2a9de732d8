import { createHash } from 'node:crypto';
import type { AuditRow } from './audit-tables';
import { canonicalJson } from './canonical-json';

/** SHA-256 over the previous hash and every other column of the entry, as hex. */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const { prevHash, ...content } = row;
  return createHash('sha256')
    .update(prevHash)
    .update(canonicalJson({ ...content, at: content.at.getTime() }))
    .digest('hex');
}
