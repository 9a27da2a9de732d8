import { sign } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { signedRemoval, signedText, type SignedFacts } from './signed-text';
import { SigningKeysStore, type ActiveKey } from './signing-keys.store';

/** A signature and the key that made it. */
export interface RevisionSignature {
  /** Base64. */
  signature: string;
  /** Under what the revision may follow, base64; null when nothing is confirmed. */
  removalSignature: string | null;
  keyId: string;
}

/** Signs revisions, so that whatever stands between this service and a sidecar can't change them. */
@Injectable()
export class ConfigSigner implements OnModuleInit {
  private key: ActiveKey | null = null;
  private readonly publicKeys = new Map<string, string>();

  constructor(private readonly keys: SigningKeysStore) {}

  /** Opens the key before anything is served: a service that can't sign must not look healthy. */
  async onModuleInit(): Promise<void> {
    this.key = await this.keys.active();
    this.publicKeys.set(this.key.id, this.key.publicKey);
  }

  /** Signs with the active key. */
  sign(facts: SignedFacts): RevisionSignature {
    if (!this.key) throw new Error('the signing key has not been loaded');
    const { id, privateKey } = this.key;
    // Ed25519 hashes by itself, hence no digest.
    const signed = (text: Buffer): string => sign(null, text, privateKey).toString('base64');
    const removal = signedRemoval(facts);
    return { signature: signed(signedText(facts)), removalSignature: removal && signed(removal), keyId: id };
  }

  /** The public key (DER SPKI, base64) of a key id. Errors: when the database has lost the key. */
  async publicKey(keyId: string): Promise<string> {
    const known = this.publicKeys.get(keyId) ?? (await this.keys.publicKey(keyId));
    if (known === null) throw new Error(`signing key ${keyId} is missing`);
    this.publicKeys.set(keyId, known);
    return known;
  }
}
