import type { RevisionRule } from '@alertagent/contracts';
import type { ConfigKey } from '../revisions/config-key';
import type { Revision } from '../revisions/revision';
import type { VerifiableSignature } from '../signing/config-signer';
import type { SignedFacts } from '../signing/signed-text';

/** A published revision ready to be sent. */
export interface ServedRevision extends ConfigKey, SignedFacts, VerifiableSignature {
  /** The exact bytes of the file. */
  body: Buffer;
  /** Quoted, as it stands in the header. */
  etag: string;
  manifest: RevisionRule[];
  /** What an answer says about it. */
  headers: Readonly<Record<string, string>>;
}

/** The tag names the number and the content: after a restored backup the same number may mean another content. */
export const etagOf = (revision: number, hash: string): string => `"${revision}-${hash.slice(0, 16)}"`;

/** Errors: when the revision was never published. */
export function servedRevision(row: Revision, publicKey: string): ServedRevision {
  const { clusterId, type, revision, hash, manifest, rules, emptyConfirmed, confirmedFrom } = row;
  const { signature, removalSignature, keyId } = row;
  if (row.status !== 'published' || signature === null || keyId === null)
    throw new Error(`revision ${row.id} was never published`);
  const body = Buffer.from(row.content, 'utf8');
  const facts = { clusterId, type, revision, hash, bytes: body.length, rules, emptyConfirmed, confirmedFrom };
  const etag = etagOf(revision, hash);
  return withSignature({ ...facts, manifest, body, etag }, { signature, removalSignature, keyId, publicKey });
}

/** The same revision under this signature. */
export function withSignature(
  served: Omit<ServedRevision, keyof VerifiableSignature | 'headers'>,
  signed: VerifiableSignature,
): ServedRevision {
  const { etag, hash, revision, clusterId, rules, emptyConfirmed, confirmedFrom } = served;
  const headers: Record<string, string> = {
    etag,
    'x-config-hash': hash,
    'x-config-revision': String(revision),
    'x-config-cluster': clusterId,
    'x-config-rules': String(rules),
    'x-config-signature': signed.signature,
    'x-config-key': signed.publicKey,
    ...(emptyConfirmed ? { 'x-config-empty': 'confirmed' } : {}),
    ...(confirmedFrom && signed.removalSignature
      ? { 'x-config-removal': confirmedFrom.join(','), 'x-config-removal-signature': signed.removalSignature }
      : {}),
  };
  return { ...served, ...signed, headers };
}
