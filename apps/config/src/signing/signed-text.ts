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
