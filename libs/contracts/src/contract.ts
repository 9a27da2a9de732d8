import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ServiceError, type FieldProblem } from './errors';
import { listsForObjects } from './lists-for-objects';
import { looseFields, type LooseField } from './loose-fields';
import { reservedKeys, withoutMisleadingKeys } from './reserved-keys';
import type { ServiceName } from './services';
import { rememberValidationMetadata } from './validation-metadata';

rememberValidationMetadata();

/** A payload class: its class-validator decorators are the schema, on both ends of the wire. */
export type Payload<T extends object> = new () => T;

/** A fact another service may react to. Kept in a JetStream stream; delivered at least once. */
export interface EventContract<T extends object> {
  readonly kind: 'event';
  /** The service that publishes it; nobody else may. */
  readonly owner: ServiceName;
  /** `alertagent.<domain>.v<major>.<noun-verb>`; the key's value is appended as the last token. */
  readonly subject: string;
  readonly payload: Payload<T>;
  /** Field whose value becomes the last subject token, so consumers can filter by it. */
  readonly key: keyof T & string;
}

/** A question one service answers. Core NATS request/reply with a deadline. */
export interface RequestContract<Q extends object, A extends object> {
  readonly kind: 'request';
  /** The service that answers it; it refuses to start without exactly one handler. */
  readonly owner: ServiceName;
  readonly subject: string;
  readonly request: Payload<Q>;
  readonly reply: Payload<A>;
  /** How long a caller waits, in milliseconds. */
  readonly timeoutMs: number;
}

export type Contract = EventContract<never> | RequestContract<never, never>;

/** Declares an event once; both ends import the value. */
export function defineEvent<T extends object>(contract: Omit<EventContract<T>, 'kind'>): EventContract<T> {
  return { kind: 'event', ...contract };
}

/** Declares a request once; both ends import the value. The deadline defaults to 3 s. */
export function defineRequest<Q extends object, A extends object>(
  contract: Omit<RequestContract<Q, A>, 'kind' | 'timeoutMs'> & { timeoutMs?: number },
): RequestContract<Q, A> {
  return { kind: 'request', ...contract, timeoutMs: contract.timeoutMs ?? 3000 };
}

/** The subject an event is published on: contract subject + key. A key that is no NATS token is a bug. */
export function eventSubject<T extends object>(contract: EventContract<T>, payload: T): string {
  const value: unknown = payload[contract.key];
  const key = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(key))
    throw new ServiceError('invalid', `unusable event key for ${contract.subject}`);
  return `${contract.subject}.${key}`;
}

/** Input echoed in an answer stays short. */
const MAX_TOKEN = 64;

const escapePointer = (token: string): string => token.slice(0, MAX_TOKEN).replaceAll('~', '~0').replaceAll('/', '~1');

const pointerTo = (path: string, token: string): string => `${path}/${escapePointer(token)}`.slice(0, 200);

const unknownField = (pointer: string): FieldProblem => ({
  pointer,
  code: 'unknown_field',
  detail: 'this field is not known here',
});

const notAnObject = (pointer: string): FieldProblem => ({
  pointer,
  code: 'not_an_object',
  detail: 'expected a JSON object',
});

const reservedField = (pointer: string): FieldProblem => ({
  pointer,
  code: 'reserved_key',
  detail: 'this name is reserved',
});

const LOOSE: Record<LooseField['fault'], { code: string; detail: string }> = {
  absent: { code: 'required', detail: 'this field is required' },
  inexact: { code: 'number_range', detail: 'this number is too large to be exact' },
};

function flatten(errors: ValidationError[], path: string): FieldProblem[] {
  return errors.flatMap((error) => {
    const pointer = pointerTo(path, error.property ?? '');
    const own = Object.entries(error.constraints ?? {}).map(([code, detail]) =>
      code === 'whitelistValidation' ? unknownField(pointer) : { pointer, code, detail: detail.slice(0, 300) },
    );
    return [...own, ...flatten(error.children ?? [], pointer)];
  });
}

export interface ParseOptions {
  /** Unknown fields are dropped between services (a newer producer must not break an older consumer) and refused at the edge. */
  unknownFields: 'drop' | 'refuse';
}

/** The only way in and the only way out of a process: the same check on both sides. */
export function parsePayload<T extends object>(
  type: Payload<T>,
  plain: unknown,
  options: ParseOptions = { unknownFields: 'drop' },
): T {
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) {
    throw new ServiceError('invalid', 'the body must be a JSON object', { errors: [notAnObject('')] });
  }
  const { value, problems } = withinStack(() => check(type, plain, options));
  const [first] = problems;
  if (first) {
    throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), {
      errors: problems.slice(0, 100),
    });
  }
  return value;
}

function check<T extends object>(
  type: Payload<T>,
  plain: object,
  { unknownFields }: ParseOptions,
): { value: T; problems: FieldProblem[] } {
  const refuse = unknownFields === 'refuse';
  const reserved = refuse ? reservedKeys(plain).map((path) => reservedField(path.reduce(pointerTo, ''))) : [];
  const value = plainToInstance(type, withoutMisleadingKeys(plain), { enableCircularCheck: false });
  const options = { whitelist: true, forbidNonWhitelisted: refuse, forbidUnknownValues: false };
  const lists = listsForObjects(value).map((path) => notAnObject(path.reduce(pointerTo, '')));
  const found = [...reserved, ...lists, ...flatten(validateSync(value, options), '')];
  return { value, problems: refuse ? [...found, ...looseProblems(value, found)] : found };
}

/** What class-validator lets pass; only for senders we do not know, as an older peer may leave out what is new. */
function looseProblems(value: object, found: readonly FieldProblem[]): FieldProblem[] {
  const known = new Set(found.map(({ pointer }) => pointer));
  return looseFields(value)
    .map(({ path, fault }) => ({ pointer: path.reduce(pointerTo, ''), ...LOOSE[fault] }))
    .filter(({ pointer }) => !known.has(pointer));
}

/** The checks descend with the value; one that nests by the ten thousand is the sender's fault. */
function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ServiceError('invalid', 'the payload nests too deep', {
      errors: [{ pointer: '', code: 'too_deep', detail: 'the payload nests too deep' }],
    });
  }
}
