import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Answers may hold a token that is shown once. They are sealed with a key made from the bearer token of whoever asked, which
 * nobody keeps: only the same caller can open them again, and a stolen database opens none.
 */
export function sealAnswer(answer: string, token: string, id: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(token, id), iv);
  const sealed = Buffer.concat([cipher.update(answer, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The answer as it was. Throws for another token, another id or altered text. */
export function openAnswer(sealed: string, token: string, id: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(ALGORITHM, keyOf(token, id), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}

const keyOf = (token: string, id: string): Buffer =>
  Buffer.from(hkdfSync('sha256', token, id, 'alertagent-idempotent-answer-v1', 32));
