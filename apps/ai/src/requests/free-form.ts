import { ServiceError } from '@alertagent/contracts';

const MAX_CHARACTERS = 64 * 1024;

/** Refuses free-form JSON that is too large to be kept and shown. Errors: `invalid`, naming `field`. */
export function checkFreeForm(value: object | null | undefined, field: string): void {
  if (!value || JSON.stringify(value).length <= MAX_CHARACTERS) return;
  throw new ServiceError('invalid', `/${field}: larger than 64 KiB`, {
    errors: [{ pointer: `/${field}`, code: 'too_large', detail: 'at most 64 KiB of JSON' }],
  });
}
