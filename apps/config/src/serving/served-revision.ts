import type { RevisionRule } from '@alertagent/contracts';
import type { ConfigKey } from '../revisions/config-key';
import type { Revision } from '../revisions/revision';

/** A published revision ready to be sent. */
export interface ServedRevision extends ConfigKey {
  revision: number;
  /** The exact bytes of the file. */
  body: Buffer;
  /** SHA-256 of the body, hex. */
  hash: string;
  /** Quoted, as it stands in the header. */
  etag: string;
  manifest: RevisionRule[];
  rules: number;
  emptyConfirmed: boolean;
  /** Ed25519, base64. */
  signature: string;
  /** DER SPKI, base64. */
  publicKey: string;
  /** What an answer says about it. */
  headers: Readonly<Record<string, string>>;
}

/** The tag names the number and the content: after a restored backup the same number may mean another content. */
export const etagOf = (revision: number, hash: string): string => `"${revision}-${hash.slice(0, 16)}"`;

/** Errors: when the revision was never published. */
export function servedRevision(row: Revision, publicKey: string): ServedRevision {
  const { clusterId, type, revision, hash, manifest, rules, emptyConfirmed, signature } = row;
  const { confirmedFrom, removalSignature } = row;
  if (row.status !== 'published' || signature === null) throw new Error(`revision ${row.id} was never published`);
  const etag = etagOf(revision, hash);
  const headers: Record<string, string> = {
    etag,
    'x-config-hash': hash,
    'x-config-revision': String(revision),
    'x-config-cluster': clusterId,
    'x-config-rules': String(rules),
    'x-config-signature': signature,
    'x-config-key': publicKey,
    ...(emptyConfirmed ? { 'x-config-empty': 'confirmed' } : {}),
    ...(confirmedFrom && removalSignature
      ? { 'x-config-removal': confirmedFrom.join(','), 'x-config-removal-signature': removalSignature }
      : {}),
  };
  const body = Buffer.from(row.content, 'utf8');
  return {
    clusterId,
    type,
    revision,
    hash,
    manifest,
    rules,
    emptyConfirmed,
    signature,
    publicKey,
    body,
    etag,
    headers,
  };
}
