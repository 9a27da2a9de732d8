import { hash, randomBytes } from 'node:crypto';

/** A new random token, `aat_<kind>_<43 characters>`: 256 bits, recognisable by secret scanners and our log redaction. */
export function newToken(kind: string): string {
  return `aat_${kind}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a token: SHA-256, hex. The token has 256 random bits, so no salt or slow hash is needed. */
export function tokenHash(token: string): string {
  return hash('sha256', token, 'hex');
}
