import type { KeyTrust, ToldKey } from '@alertagent/contracts';
import { keyFingerprint } from './key-fingerprint';
import type { SigningKey } from './signing-key.entity';

/** Tells by their fingerprints which of our keys members speak of. */
export class KeyMarks {
  private readonly byFingerprint: ReadonlyMap<string, Pick<SigningKey, 'id' | 'retiredAt'>>;

  constructor(keys: readonly Pick<SigningKey, 'id' | 'publicKey' | 'retiredAt'>[]) {
    this.byFingerprint = new Map(keys.map((key) => [keyFingerprint(key.publicKey), key]));
  }

  /** Null when there is no key or it was not told. */
  told(fingerprint: string | null): ToldKey | null {
    return fingerprint ? { fingerprint, id: this.byFingerprint.get(fingerprint)?.id ?? null } : null;
  }

  /** How what a member trusts stands to the key that signs. */
  trust(fingerprint: string | null): KeyTrust {
    if (fingerprint === null) return 'unknown';
    if (fingerprint === '') return 'none';
    const key = this.byFingerprint.get(fingerprint);
    if (!key) return 'foreign';
    return key.retiredAt === null ? 'active' : 'older';
  }
}
