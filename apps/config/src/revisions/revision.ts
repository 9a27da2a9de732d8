import type { ConfigType, RevisionRule } from '@alertagent/contracts';

/** Served to sidecars, or rendered and held back for `reason`. */
export type RevisionStatus = 'published' | 'refused';

/** One rendered file of one cluster; never changed after it was written. */
export interface Revision {
  id: string;
  clusterId: string;
  type: ConfigType;
  /** Grows by one per (cluster, type); refused renders take a number too. */
  revision: number;
  status: RevisionStatus;
  /** Why it was refused. */
  reason: string | null;
  /** The exact text served; empty when it could not even be rendered. */
  content: string;
  /** SHA-256 of the content's UTF-8 bytes, hex; empty without content. */
  hash: string;
  /** Length of the content in UTF-8 bytes. */
  bytes: number;
  rules: number;
  /** Which rule stands where in the content. */
  manifest: RevisionRule[];
  /** True when somebody withdrew every rule, so that a file without rules is what is wanted. */
  emptyConfirmed: boolean;
  /** SHA-256 of the contents that this one may follow although it lacks many of their rules; null where that was never asked. */
  confirmedFrom: string[] | null;
  /** Ed25519 signature, base64; refused revisions have none. */
  signature: string | null;
  /** The signature of the same key under `confirmedFrom`, base64; null when nothing is confirmed. */
  removalSignature: string | null;
  /** The signing key; see `config_signing_keys`. */
  keyId: string | null;
  createdAt: Date;
  /** The earlier revision whose content it brings back; null for what was rendered. */
  restores: number | null;
}
