import type { SuppressionDefinition } from '@alertagent/alerting';
import { compileSuppressions } from '@alertagent/alerting';
import { ServiceError, type FieldProblem } from '@alertagent/contracts';
import type { SuppressionTerms } from './suppression-terms';
import type { SuppressionInput } from './suppression.dto';

/** What is fixed when a body is read: the id, and the start unless the body names one. */
export interface InputDefaults {
  id: string;
  starts_at_ms: number;
}

/**
 * The definition that a body describes. Errors: ServiceError `invalid` with every problem; `at` is the pointer to the body's place in
 * the request.
 */
export function readSuppression(input: SuppressionInput, defaults: InputDefaults, at = ''): SuppressionDefinition {
  const problems: FieldProblem[] = [];
  const time = (field: 'starts_at' | 'ends_at'): number | null => {
    const text = input[field];
    if (text === undefined || text === null) return null;
    const ms = Date.parse(text);
    if (Number.isNaN(ms)) problems.push({ pointer: `/${field}`, code: 'bad_time', detail: 'there is no such time' });
    return ms;
  };
  const starts_at_ms = time('starts_at') ?? defaults.starts_at_ms;
  const ends_at_ms = time('ends_at');
  const { name, kind, owner, reason } = input;
  const definition = { id: defaults.id, name, kind, owner, reason, starts_at_ms, ends_at_ms, ...termsOf(input) };
  if (problems.length === 0) problems.push(...problemsOf(definition));
  if (problems.length === 0) return definition;
  const errors = problems.map((problem) => ({ ...problem, pointer: at + problem.pointer })).slice(0, 100);
  const { pointer, detail } = errors[0]!;
  throw new ServiceError('invalid', `${pointer}: ${detail}`.slice(0, 200), { errors });
}

function problemsOf(definition: SuppressionDefinition): FieldProblem[] {
  return compileSuppressions([definition]).problems.map(({ pointer, ...problem }) => ({
    ...problem,
    // Without the place in the list, and by the name that the field has on the wire.
    pointer: pointer.replace(/^\/0/, '').replace(/^\/(starts_at|ends_at)_ms$/, '/$1'),
  }));
}

/** What is not said is left out: the terms are part of the policy's hash. */
function termsOf(input: SuppressionInput): SuppressionTerms {
  const { match = [], condition, duration, recurrence, source, equal, cap, label_hashes } = input;
  return {
    match,
    ...(condition ? { condition } : {}),
    ...(duration ? { duration } : {}),
    ...(recurrence ? { recurrence: { ...recurrence } } : {}),
    ...(source?.length ? { source } : {}),
    ...(equal?.length ? { equal } : {}),
    ...(cap ? { cap: { ...cap } } : {}),
    ...(label_hashes?.length ? { label_hashes } : {}),
  };
}
