import type { Answer } from '../wire/answer';

const MEMBERS = new Set(['type', 'title', 'status', 'detail', 'instance', 'request_id', 'errors']);
/** RFC 6901, at most as long as we promise to repeat. */
const POINTER = /^(\/([^~/]|~[01])*)*$/;
const LONGEST_POINTER = 210;
const LONGEST_TEXT = 400;

interface FieldError {
  pointer?: unknown;
  code?: unknown;
  detail?: unknown;
}

/** How an error answer departs from problem+json (RFC 9457) as we write it. */
export function problemFaults(answer: Answer, pointer: string | undefined): string[] {
  const type = answer.headers['content-type'];
  if (type !== 'application/problem+json; charset=utf-8') return [`an error of type ${String(type).slice(0, 60)}`];
  // HEAD has no body.
  if (answer.text === '' && answer.headers['content-length'] !== '0') return [];
  const problem = parsed(answer.text);
  if (problem === null) return ['an error that is no JSON object'];
  return [...membersOf(problem, answer), ...errorsOf(problem['errors'], pointer), ...controlsOf(problem)];
}

function membersOf(problem: Record<string, unknown>, answer: Answer): string[] {
  const faults: string[] = [];
  const text = (name: string, form: RegExp): void => {
    const value = problem[name];
    if (typeof value !== 'string' || !form.test(value) || value.length > LONGEST_TEXT)
      faults.push(`${name} is ${JSON.stringify(value)?.slice(0, 80)}`);
  };
  text('type', /^urn:alertagent:problem:[a-z_]+$/);
  text('title', /^[A-Z]/);
  text('detail', /\S/);
  text('instance', /^urn:alertagent:request:[\w.-]{1,64}$/);
  text('request_id', /^[\w.-]{1,64}$/);
  if (problem['status'] !== answer.status) faults.push('status differs from the answer');
  if (answer.headers['x-correlation-id'] !== problem['request_id'])
    faults.push('request_id is not the X-Correlation-Id');
  const unknown = Object.keys(problem).filter((name) => !MEMBERS.has(name));
  if (unknown.length > 0) faults.push(`unknown members ${unknown.join(', ').slice(0, 80)}`);
  if (answer.status === 405 && !answer.headers['allow']) faults.push('405 without Allow');
  if (answer.status === 401 && !answer.headers['www-authenticate']) faults.push('401 without WWW-Authenticate');
  if ([429, 503].includes(answer.status) && !answer.headers['retry-after'])
    faults.push(`${answer.status} without Retry-After`);
  return faults;
}

function errorsOf(errors: unknown, pointer: string | undefined): string[] {
  if (errors === undefined) return pointer === undefined ? [] : [`no error points to ${pointer}`];
  if (!Array.isArray(errors) || errors.length === 0 || errors.length > 100) return ['errors is no list of 1 to 100'];
  const list = errors as FieldError[];
  const bad = list.find(
    (error) =>
      typeof error.pointer !== 'string' ||
      !POINTER.test(error.pointer) ||
      error.pointer.length > LONGEST_POINTER ||
      typeof error.code !== 'string' ||
      typeof error.detail !== 'string' ||
      error.detail.length > LONGEST_TEXT,
  );
  if (bad) return [`an error is no {pointer, code, detail}: ${JSON.stringify(bad).slice(0, 120)}`];
  if (pointer === undefined || list.some((error) => String(error.pointer).startsWith(pointer))) return [];
  return [
    `no error points to ${pointer}, but to ${list.map((error) => String(error.pointer)).join(' ')}`.slice(0, 200),
  ];
}

function controlsOf(value: unknown): string[] {
  if (typeof value === 'string')
    return /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value) ? ['a control character came back'] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(controlsOf))];
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
