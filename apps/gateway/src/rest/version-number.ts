import { ServiceError } from '@alertagent/contracts';

/** A version in an address. Errors: `not_found` when it is none. */
export function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ServiceError('not_found', 'there is no such version; versions are 1, 2, 3 …');
}
