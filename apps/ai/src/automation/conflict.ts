import { ServiceError } from '@alertagent/contracts';

/** The request is not in a state for that; `code` says why, for programs. */
export function conflict(code: string, detail: string): ServiceError {
  return new ServiceError('conflict', detail, { errors: [{ pointer: '', code, detail }] });
}
