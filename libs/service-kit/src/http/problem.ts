import { ServiceError, type FieldProblem, type ServiceErrorCode } from '@alertagent/contracts';
import { printable } from './json-pointer';

/** RFC 9457 body of every error answer. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Names this occurrence; the same id is in the logs. */
  instance: string;
  request_id: string;
  errors?: FieldProblem[];
}

const KINDS: Record<ServiceErrorCode, { status: number; title: string }> = {
  invalid: { status: 400, title: 'Invalid request' },
  unauthenticated: { status: 401, title: 'Not authenticated' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Conflict' },
  too_large: { status: 413, title: 'Too large' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
  deadline: { status: 504, title: 'Took too long' },
  internal: { status: 500, title: 'Internal error' },
};

/** The status a service error becomes at the edge. */
export const statusOf = (code: ServiceErrorCode): number => KINDS[code].status;

/** A problem body; an internal error says nothing about itself. */
export function problemOf(error: ServiceError, requestId: string): Problem {
  const { status, title } = KINDS[error.code];
  return {
    type: `urn:alertagent:problem:${error.code}`,
    title,
    status,
    detail:
      error.code === 'internal'
        ? 'something went wrong on our side; the log has the details under this request id'
        : printable(error.message),
    instance: `urn:alertagent:request:${requestId}`,
    request_id: requestId,
    ...(error.errors.length > 0 ? { errors: error.errors.map(printableField) } : {}),
  };
}

/** Pointers and details may quote names that the sender chose. */
const printableField = ({ pointer, code, detail }: FieldProblem): FieldProblem => ({
  pointer: printable(pointer),
  code,
  detail: printable(detail),
});

/** A problem for a status no service error stands for, such as 405, 415 or 431. */
export function problemWithStatus(status: number, title: string, detail: string, requestId: string): Problem {
  return {
    type: `urn:alertagent:problem:${title.toLowerCase().replaceAll(' ', '_')}`,
    title,
    status,
    detail,
    instance: `urn:alertagent:request:${requestId}`,
    request_id: requestId,
  };
}
