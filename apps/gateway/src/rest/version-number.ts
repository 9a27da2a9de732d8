import { ServiceError } from '@alertagent/contracts';

/** The version in an address. Errors: `not_found` for what no version is called. */
export function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ServiceError('not_found', 'there is no such version; versions are 1, 2, 3 …');
}
