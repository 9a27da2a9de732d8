import { iso } from '../alerts/wire-time';
import type { PolicyVersionView, PolicyView } from './policies.dto';
import type { PolicyVersion } from './policy-version.entity';

/** A version without its content. */
export function policyVersionView({ version, author, reason, created_at, hash }: PolicyVersion): PolicyVersionView {
  return { version, author, reason, created_at: iso(created_at), hash };
}

/** A version with its content. */
export function policyView(row: PolicyVersion): PolicyView {
  const { policy, suppressions } = row.document;
  return { ...policyVersionView(row), policy, suppressions };
}
