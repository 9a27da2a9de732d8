import { createHash } from 'node:crypto';

/** By what sidecars name a public key (base64 of its DER form): its SHA-256, hex. */
export function keyFingerprint(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');
}
