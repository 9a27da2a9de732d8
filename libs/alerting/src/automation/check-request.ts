import { formatDuration, parseDuration } from '../durations';
import { excerpt, pointerTo, type FieldProblem } from '../problems';
import type {
  ActionParameters,
  ActionTarget,
  CatalogueEntry,
  ParameterSpec,
  ParameterValue,
  TargetAllowList,
} from './catalogue-entry';

/** What somebody asks for, before it was looked at. */
export interface ActionWish {
  target: Partial<ActionTarget> | null;
  parameters: Readonly<Record<string, unknown>> | null;
}

/** What is known about the alert that it is asked for; fills in what the request leaves open, and overrules nothing. */
export interface AlertFacts {
  cluster: string | null;
  labels: Readonly<Record<string, string>>;
}

/** A request that the catalogue allows, complete. */
export interface CheckedRequest {
  target: ActionTarget;
  parameters: ActionParameters;
}

/** Completes a request and checks it against its entry; every problem has a pointer into the body of the request. */
export function checkRequest(
  entry: CatalogueEntry,
  wish: ActionWish,
  alert: AlertFacts | null,
): { request: CheckedRequest; problems: FieldProblem[] } {
  const target = completeTarget(wish.target, alert);
  const problems = checkTarget(entry, target);
  const parameters: Record<string, ParameterValue> = Object.create(null) as Record<string, ParameterValue>;
  const given = wish.parameters ?? {};
  for (const spec of entry.parameters) {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name] : defaultOf(spec, alert);
    const pointer = pointerTo('parameters', spec.name);
    if (value === undefined || value === null) {
      if (spec.required)
        problems.push({ pointer, code: 'required', detail: `${spec.name} is required by ${entry.id}` });
      continue;
    }
    const problem = checkValue(spec, value);
    if (problem) problems.push({ pointer, ...problem });
    else parameters[spec.name] = value as ParameterValue;
  }
  const known = new Set(entry.parameters.map(({ name }) => name));
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    problems.push({
      pointer: pointerTo('parameters', name.slice(0, 100)),
      code: 'unknown',
      detail: `${entry.id} has no parameter ${excerpt(name)}`,
    });
    if (problems.length >= 100) break;
  }
  return { request: { target, parameters: { ...parameters } }, problems };
}

/** What is wrong with a value; null when it is allowed. */
export function checkValue(spec: ParameterSpec, value: unknown): { code: string; detail: string } | null {
  switch (spec.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : wrongType('true or false');
    case 'integer':
      return Number.isSafeInteger(value) ? within(spec, value as number, String) : wrongType('a whole number');
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? within(spec, value, String) : wrongType('a number');
    case 'duration': {
      const ms = typeof value === 'string' ? parseDuration(value) : null;
      return ms === null ? wrongType('a duration such as 30s') : within(spec, ms, formatDuration);
    }
    case 'string':
      return checkText(spec, value);
  }
}

/** Whether an allow-list lets a name through. */
export function isAllowed(patterns: readonly string[], name: string): boolean {
  const matches = (pattern: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
  const forbidden = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern)) && !forbidden.some(matches);
}

function checkText(spec: ParameterSpec, value: unknown): { code: string; detail: string } | null {
  if (typeof value !== 'string') return wrongType('a text');
  if (!value.isWellFormed() || /\p{Cc}/u.test(value))
    return { code: 'control_character', detail: 'line breaks and other control characters are not allowed' };
  if (spec.one_of !== null)
    return spec.one_of.includes(value)
      ? null
      : { code: 'not_one_of', detail: `must be one of ${spec.one_of.slice(0, 20).join(', ')}` };
  const unit = (length: number): string => `${length} characters`;
  return within({ ...spec, max: spec.max ?? 1_000 }, value.length, unit);
}

function within(
  { min, max }: Pick<ParameterSpec, 'min' | 'max'>,
  value: number,
  text: (value: number) => string,
): { code: string; detail: string } | null {
  if (min !== null && value < min) return { code: 'out_of_range', detail: `must be at least ${text(min)}` };
  if (max !== null && value > max) return { code: 'out_of_range', detail: `must be at most ${text(max)}` };
  return null;
}

const wrongType = (expected: string): { code: string; detail: string } => ({
  code: 'wrong_type',
  detail: `expected ${expected}`,
});

function defaultOf(spec: ParameterSpec, alert: AlertFacts | null): unknown {
  const label = spec.from_label;
  if (label !== null && alert && Object.hasOwn(alert.labels, label)) return alert.labels[label];
  return spec.default;
}

function completeTarget(wish: Partial<ActionTarget> | null, alert: AlertFacts | null): ActionTarget {
  const label = (name: string): string | null =>
    alert && Object.hasOwn(alert.labels, name) ? (alert.labels[name] ?? null) : null;
  return {
    cluster: wish?.cluster ?? alert?.cluster ?? null,
    namespace: wish?.namespace ?? label('namespace'),
    service: wish?.service ?? label('service'),
  };
}

function checkTarget(entry: CatalogueEntry, target: ActionTarget): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [field, value] of Object.entries(target) as [keyof ActionTarget, string | null][]) {
    if (value !== null && !/^[\w.:@/-]{1,200}$/.test(value))
      problems.push({ pointer: `/target/${field}`, code: 'bad_name', detail: 'expected a name without spaces' });
  }
  if (target.cluster === null)
    problems.push({ pointer: '/target/cluster', code: 'required', detail: 'name the cluster to act on' });
  else problems.push(...refusal(entry, 'clusters', 'cluster', target.cluster));
  if (target.service === null && entry.needs_service)
    problems.push({ pointer: '/target/service', code: 'required', detail: `${entry.id} needs the service to act on` });
  problems.push(...refusal(entry, 'namespaces', 'namespace', target.namespace ?? ''));
  return problems;
}

function refusal(
  { id, targets }: CatalogueEntry,
  list: keyof TargetAllowList,
  field: keyof ActionTarget,
  name: string,
): FieldProblem[] {
  if (isAllowed(targets[list], name)) return [];
  const detail = `${id} may not act there: the catalogue's ${list} do not allow ${name === '' ? 'a request without one' : 'it'}`;
  return [{ pointer: `/target/${field}`, code: 'not_allowed', detail }];
}
