import { RE2JS } from 're2js';
import { parseDuration } from '../../durations';
import { excerpt, pointerTo, type FieldProblem } from '../../problems';
import { placeholdersIn } from './placeholders';
import type { ParameterValue, TemplateParameter } from './template-document';

const LONGEST_VALUE = 1000;
/** Line ends and tabs are for texts that people read. */
const CONTROL = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f]');
const CONTROL_IN_TEXT = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]');
/** A quotation in a regular expression would reach beyond the place of the parameter. */
const QUOTATION = /(?<!\\)(?:\\\\)*\\[QE]/;

/** Values by parameter; each is of its parameter's type and within its bounds. */
export type CheckedValues = ReadonlyMap<string, ParameterValue>;

/**
 * The values a template is used with: those given, and defaults for the rest. Problems point into the object of values:
 * names no parameter has, values of another type or out of bounds, and parameters that need one.
 */
export function checkValues(
  parameters: readonly TemplateParameter[],
  given: Readonly<Record<string, unknown>>,
): { values: CheckedValues; problems: FieldProblem[] } {
  const known = new Set(parameters.map(({ name }) => name));
  const values = new Map<string, ParameterValue>();
  const problems: FieldProblem[] = Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({
      pointer: pointerTo(excerpt(name)),
      code: 'unknown_parameter',
      detail: 'the template has no such parameter',
    }));
  for (const parameter of parameters) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : parameter.default;
    const pointer = pointerTo(parameter.name);
    if (value === undefined || value === null) {
      problems.push({ pointer, code: 'required', detail: 'this parameter has no default, a value is needed' });
      continue;
    }
    const fault = valueFault(parameter, value) ?? referenceFault(value, known);
    if (fault === null) values.set(parameter.name, value as ParameterValue);
    else problems.push({ pointer, ...fault });
  }
  return { values, problems };
}

/** Why a value is none of this parameter's; null when it is one. */
export function valueFault(parameter: TemplateParameter, value: unknown): { code: string; detail: string } | null {
  switch (parameter.type) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return wrong('a number is needed');
      return boundsFault(parameter, value, (bound) => (typeof bound === 'number' ? bound : null));
    case 'duration': {
      const ms = typeof value === 'string' && value.length <= 50 ? parseDuration(value) : null;
      if (ms === null) return wrong('a duration such as 30s, 5m or 1h30m is needed');
      return boundsFault(parameter, ms, (bound) => (typeof bound === 'string' ? parseDuration(bound) : null));
    }
    case 'enum':
      return typeof value === 'string' && parameter.choices?.includes(value)
        ? null
        : wrong(`one of ${excerpt((parameter.choices ?? []).join(', '))} is needed`);
    case 'regex':
      return textFault(value, CONTROL) ?? regexFault(value as string);
    case 'string':
      return textFault(value, CONTROL_IN_TEXT) ?? patternFault(parameter, value as string);
    case 'label_value':
      return textFault(value, CONTROL) ?? patternFault(parameter, value as string);
  }
}

/** Why a text is no regular expression that can stand as a part of another one; null when it is. */
export function regexFault(text: string): { code: string; detail: string } | null {
  if (QUOTATION.test(text)) return { code: 'bad_regex', detail: '\\Q and \\E are not taken; escape single characters' };
  try {
    RE2JS.compile(text);
    return null;
  } catch {
    return { code: 'bad_regex', detail: `"${excerpt(text)}" is not a regular expression (RE2)` };
  }
}

const wrong = (detail: string): { code: string; detail: string } => ({ code: 'bad_value', detail });

function textFault(value: unknown, control: RegExp): { code: string; detail: string } | null {
  if (typeof value !== 'string') return wrong('a text is needed');
  if (value.length > LONGEST_VALUE) {
    return { code: 'too_long', detail: `must not be longer than ${LONGEST_VALUE} characters` };
  }
  if (!value.isWellFormed()) return { code: 'not_unicode', detail: 'holds half of a surrogate pair' };
  if (control.test(value)) return { code: 'control_character', detail: 'holds a control character' };
  return null;
}

function patternFault({ pattern }: TemplateParameter, value: string): { code: string; detail: string } | null {
  if (!pattern || RE2JS.compile(pattern).matcher(value).matches()) return null;
  return wrong(`must match ${excerpt(pattern)}`);
}

function boundsFault(
  { minimum, maximum }: TemplateParameter,
  value: number,
  read: (bound: ParameterValue) => number | null,
): { code: string; detail: string } | null {
  const least = minimum === undefined || minimum === null ? null : read(minimum);
  const most = maximum === undefined || maximum === null ? null : read(maximum);
  if (least !== null && value < least) return { code: 'out_of_bounds', detail: `must be at least ${minimum}` };
  if (most !== null && value > most) return { code: 'out_of_bounds', detail: `must be at most ${maximum}` };
  return null;
}

/** Numbers and durations stay parameters of the rules that are made: a text that looks like one would be replaced later. */
function referenceFault(value: unknown, known: ReadonlySet<string>): { code: string; detail: string } | null {
  if (typeof value !== 'string') return null;
  const reference = placeholdersIn(value).find(({ name }) => known.has(name));
  return reference ? wrong(`must not hold \${${reference.name}}, the placeholder of a parameter`) : null;
}
