/** Every error that crosses a process boundary carries one of these codes and nothing more specific. */
export const SERVICE_ERROR_CODES = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'unavailable',
  'deadline',
  'internal',
] as const;

export type ServiceErrorCode = (typeof SERVICE_ERROR_CODES)[number];

/** One problem with one field of the input. `pointer` is an RFC 6901 JSON pointer into the body, e.g. `/labels/team`. */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

/**
 * An expected failure. `message` is shown to the caller, so it must be safe: no SQL, no stack, no echoed
 * input over 100 characters. `cause` stays in this process's log.
 */
export class ServiceError extends Error {
  readonly errors: FieldProblem[];

  constructor(
    readonly code: ServiceErrorCode,
    message: string,
    options: { errors?: FieldProblem[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ServiceError';
    this.errors = options.errors ?? [];
  }

  /** A retry may help only when the world, not the request, was at fault. */
  get retryable(): boolean {
    return this.code === 'unavailable' || this.code === 'deadline' || this.code === 'internal';
  }
}

/** Narrows an unknown wire value to a known code; anything else is `internal`. */
export function toServiceErrorCode(value: unknown): ServiceErrorCode {
  return SERVICE_ERROR_CODES.find((code) => code === value) ?? 'internal';
}
