import { createHash } from 'node:crypto';

/** By what a public key (base64 of its DER form) is named: its SHA-256, hex. */
export function keyFingerprint(key: string): string {
  return createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex');
}
