import { hash } from 'node:crypto';

/** SHA-256 of text as UTF-8, in lower-case hex. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Text with its length in front: joined, such parts cannot be read in any other way than they were written. */
export function lengthPrefixed(text: string): string {
  return `${text.length}:${text}`;
}
