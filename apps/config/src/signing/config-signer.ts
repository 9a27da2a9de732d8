import { createPublicKey, sign, verify } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { signedRemoval, signedText, type SignedFacts } from './signed-text';
import { SigningKeysStore, type OpenedKey } from './signing-keys.store';

/** A signature and the key that made it. */
export interface RevisionSignature {
  /** Base64. */
  signature: string;
  /** Under what the revision may follow, base64; null when nothing is confirmed. */
  removalSignature: string | null;
  keyId: string;
}

/** A signature with the key that verifies it. */
export interface VerifiableSignature extends RevisionSignature {
  /** DER SPKI, base64. */
  publicKey: string;
}

/** Signs revisions, so that whatever stands between this service and a sidecar can't change them. */
@Injectable()
export class ConfigSigner implements OnModuleInit {
  private key: OpenedKey | null = null;
  private readonly publicKeys = new Map<string, string>();

  constructor(private readonly keys: SigningKeysStore) {}

  /** Opens the key before anything is served: a service that can't sign must not look healthy. */
  async onModuleInit(): Promise<void> {
    await this.load();
  }

  /** Takes over the key that another process may have made the active one. Errors: when the database does not answer. */
  async refresh(): Promise<void> {
    if ((await this.keys.activeId()) !== this.active().id) await this.load();
  }

  /** Signs with the key that is active in the database now. Errors: as `refresh`. */
  async sign(facts: SignedFacts): Promise<RevisionSignature> {
    await this.refresh();
    return this.signed(facts);
  }

  /**
   * The signature of the key that signs now. What a retired key signed is signed anew, because sidecars trust that one no longer;
   * but only if its signature holds: what was changed in the database meanwhile stays what sidecars refuse.
   */
  renew(revision: SignedFacts & VerifiableSignature): VerifiableSignature {
    const { id, publicKey } = this.active();
    const { signature, removalSignature, keyId } = revision;
    const isRetired = keyId !== id && isSigned(revision);
    return isRetired
      ? { ...this.signed(revision), publicKey }
      : { signature, removalSignature, keyId, publicKey: revision.publicKey };
  }

  /** The public key (DER SPKI, base64) of a key id. Errors: when the database has lost the key. */
  async publicKey(keyId: string): Promise<string> {
    const known = this.publicKeys.get(keyId) ?? (await this.keys.publicKey(keyId));
    if (known === null) throw new Error(`signing key ${keyId} is missing`);
    this.publicKeys.set(keyId, known);
    return known;
  }

  private signed(facts: SignedFacts): RevisionSignature {
    const { id, privateKey } = this.active();
    // Ed25519 hashes by itself, hence no digest.
    const signed = (text: Buffer): string => sign(null, text, privateKey).toString('base64');
    const removal = signedRemoval(facts);
    return { signature: signed(signedText(facts)), removalSignature: removal && signed(removal), keyId: id };
  }

  private async load(): Promise<void> {
    const key = await this.keys.active();
    this.key = key;
    this.publicKeys.set(key.id, key.publicKey);
  }

  private active(): OpenedKey {
    if (!this.key) throw new Error('the signing key has not been loaded');
    return this.key;
  }
}

function isSigned(revision: SignedFacts & VerifiableSignature): boolean {
  const key = createPublicKey({ key: Buffer.from(revision.publicKey, 'base64'), format: 'der', type: 'spki' });
  const holds = (text: Buffer, signature: string): boolean => verify(null, text, key, Buffer.from(signature, 'base64'));
  const removal = signedRemoval(revision);
  const isRemovalSigned = removal === null || holds(removal, revision.removalSignature ?? '');
  return isRemovalSigned && holds(signedText(revision), revision.signature);
}
