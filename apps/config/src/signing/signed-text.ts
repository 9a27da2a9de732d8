import type { ConfigType } from '@alertagent/contracts';

/** Everything about a revision that a sidecar must be able to trust. */
export interface SignedFacts {
  clusterId: string;
  type: ConfigType;
  revision: number;
  /** SHA-256 of the body, hex. */
  hash: string;
  /** Length of the body in bytes. */
  bytes: number;
  /** Rules in the body. */
  rules: number;
  emptyConfirmed: boolean;
  /** SHA-256 of the contents that it may follow although it lacks many of their rules. */
  confirmedFrom: readonly string[] | null;
}

/**
 * The text a revision's signature covers. Cluster and type are in it so that one cluster's file can't be passed off as
 * another's, the number so that an old file can't be passed off as new.
 */
export function signedText(facts: SignedFacts): Buffer {
  const { clusterId, type, revision, hash, bytes, rules, emptyConfirmed } = facts;
  const lines = [
    'alertagent-config-v1',
    clusterId,
    type,
    revision,
    hash,
    bytes,
    rules,
    emptyConfirmed ? 'confirmed' : '',
  ];
  return Buffer.from(lines.join('\n'), 'utf8');
}

/**
 * The text under which the removal of many rules is confirmed: by whom it may be followed, from which contents to which. A text of its
 * own, because sidecars of former releases know the other one only. Null when nothing is confirmed.
 */
export function signedRemoval(facts: SignedFacts): Buffer | null {
  const { clusterId, type, revision, hash, confirmedFrom } = facts;
  if (!confirmedFrom || confirmedFrom.length === 0) return null;
  return Buffer.from(['alertagent-removal-v1', clusterId, type, revision, hash, ...confirmedFrom].join('\n'), 'utf8');
}

/** The text by which one key says that another one follows it; both as base64 of their DER form. */
export function keyStatement(previous: string, next: string): Buffer {
  return Buffer.from(['alertagent-key-v1', previous, next].join('\n'), 'utf8');
}
