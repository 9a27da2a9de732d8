import { parseDuration } from '../durations';
import { excerpt, pointerTo, type FieldProblem } from '../problems';
import { checkExpressionForAny } from './promql';
import { checkTemplate } from './template-text';

/** A rule as its author wrote it, or as it is on one cluster. Durations are in Prometheus' grammar. */
export interface RuleDefinition {
  /** `alerting` when absent. A recording rule has neither durations nor severity nor annotations. */
  kind?: 'alerting' | 'recording';
  /** Becomes the `alertname` label, or names the series that a recording rule writes. */
  name: string;
  /** Group in the rule file; rules of a group are evaluated one after the other. */
  group?: string;
  /** PromQL; the alert fires for each series it returns. */
  expression: string;
  /** How long the expression must hold before the alert fires (`for`). */
  duration?: string | null;
  /** How long the alert keeps firing after the expression has ceased to hold. */
  keep_firing_for?: string | null;
  /** Becomes the `severity` label when set. */
  severity?: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Evaluation interval of the rule's group; Prometheus' own when unset. */
  interval?: string | null;
}

const LONGEST_NAME = 200;
const LONGEST_SEVERITY = 100;
const LONGEST_LABEL_VALUE = 4096;
const LONGEST_ANNOTATION = 16 * 1024;
const MOST_PAIRS = 64;
const RESERVED_PREFIX = 'alertagent_';
const CONTROL = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f]');
const CONTROL_IN_TEXT = new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]');

/**
 * Every reason why Prometheus would refuse this rule whatever its version ({@link versionGate} knows what only some take), load something that can never fire, or load something else
 * than its author meant. `mayReadSeries` lets templates through that show any series to whoever reads the alert. Empty means valid.
 */
export function validateRule(
  rule: RuleDefinition,
  { mayReadSeries = false }: { mayReadSeries?: boolean } = {},
): FieldProblem[] {
  const problems = [
    ...titleProblems('/name', rule.name),
    ...(rule.group === undefined ? [] : titleProblems('/group', rule.group)),
    ...expressionProblems(rule.expression),
    ...durationProblems('/duration', rule.duration, { leastMs: 0 }),
    ...durationProblems('/keep_firing_for', rule.keep_firing_for, { leastMs: 0 }),
    ...durationProblems('/interval', rule.interval, { leastMs: 1 }),
    ...severityProblems(rule, { mayReadSeries }),
    ...pairsProblems('labels', rule.labels, { isTemplate: rule.kind !== 'recording', mayReadSeries }),
    ...pairsProblems('annotations', rule.annotations, { isTemplate: true, mayReadSeries }),
  ];
  const templated = /\{\{/.test(rule.name);
  if (templated) problems.push({ pointer: '/name', code: 'bad_template', detail: 'a rule name is not a template' });
  return rule.kind === 'recording' ? [...problems, ...recordingProblems(rule)] : problems;
}

/** What a recording rule cannot have. */
function recordingProblems(rule: RuleDefinition): FieldProblem[] {
  const detail = 'a recording rule has none';
  const given = (['duration', 'keep_firing_for', 'severity'] as const).filter((field) => rule[field]);
  const problems = given.map((field) => ({ pointer: `/${field}`, code: 'not_for_recording', detail }));
  if (Object.keys(rule.annotations).length > 0)
    problems.push({ pointer: '/annotations', code: 'not_for_recording', detail });
  if (Object.hasOwn(rule.labels, '__name__'))
    problems.push({
      pointer: '/labels/__name__',
      code: 'reserved',
      detail: 'the name of the series is that of the rule',
    });
  return problems;
}

function titleProblems(pointer: string, text: string): FieldProblem[] {
  if (text.trim() === '') return [{ pointer, code: 'required', detail: 'must not be empty' }];
  if (text !== text.trim()) {
    return [{ pointer, code: 'surrounding_space', detail: 'must not begin or end with a space' }];
  }
  if ([...text].length > LONGEST_NAME) {
    return [{ pointer, code: 'too_long', detail: `must not be longer than ${LONGEST_NAME} characters` }];
  }
  return textProblems(pointer, text, CONTROL);
}

function textProblems(pointer: string, text: string, control: RegExp): FieldProblem[] {
  if (!text.isWellFormed()) return [{ pointer, code: 'not_unicode', detail: 'holds half of a surrogate pair' }];
  if (control.test(text)) return [{ pointer, code: 'control_character', detail: 'holds a control character' }];
  return [];
}

function expressionProblems(expression: string): FieldProblem[] {
  const { faults, type } = checkExpressionForAny(expression);
  const problems = faults.map(({ code, detail }) => ({ pointer: '/expression', code, detail }));
  if (type === 'matrix' || type === 'string') {
    // Prometheus loads such a rule, and then every evaluation of it fails.
    const found = type === 'matrix' ? 'a range of values' : 'a string';
    problems.push({
      pointer: '/expression',
      code: 'bad_promql',
      detail: `the expression yields ${found}, it can never fire`,
    });
  }
  return problems;
}

function durationProblems(
  pointer: string,
  text: string | null | undefined,
  { leastMs }: { leastMs: number },
): FieldProblem[] {
  if (text === null || text === undefined) return [];
  const ms = parseDuration(text);
  if (ms !== null && ms >= leastMs) return [];
  return [{ pointer, code: 'bad_duration', detail: `"${excerpt(text)}" is not a duration such as 30s, 5m or 1h30m` }];
}

function severityProblems(
  { severity, labels }: RuleDefinition,
  { mayReadSeries }: { mayReadSeries: boolean },
): FieldProblem[] {
  const pointer = '/severity';
  if (severity === null || severity === undefined) return [];
  if (severity === '') return [{ pointer, code: 'required', detail: 'must not be empty; leave it out instead' }];
  if (severity.length > LONGEST_SEVERITY) {
    return [{ pointer, code: 'too_long', detail: `must not be longer than ${LONGEST_SEVERITY} characters` }];
  }
  const problems = [
    ...textProblems(pointer, severity, CONTROL),
    ...templateProblems(pointer, severity, { isLabel: true, mayReadSeries }),
  ];
  if (Object.hasOwn(labels, 'severity')) {
    problems.push({ pointer: '/labels/severity', code: 'duplicate', detail: 'severity is set twice' });
  }
  return problems;
}

function pairsProblems(
  field: 'labels' | 'annotations',
  pairs: Record<string, string>,
  { isTemplate, mayReadSeries }: { isTemplate: boolean; mayReadSeries: boolean },
): FieldProblem[] {
  const entries = Object.entries(pairs);
  if (entries.length > MOST_PAIRS) {
    return [
      { pointer: `/${field}`, code: 'too_many', detail: `${entries.length} entries, at most ${MOST_PAIRS} are taken` },
    ];
  }
  return entries.flatMap(([name, value]) => {
    const pointer = pointerTo(field, excerpt(name));
    const nameFault = field === 'labels' ? labelNameProblem(name) : annotationNameProblem(name);
    if (nameFault) return [{ pointer, ...nameFault }];
    const longest = field === 'labels' ? LONGEST_LABEL_VALUE : LONGEST_ANNOTATION;
    if (Buffer.byteLength(value) > longest) {
      return [{ pointer, code: 'too_long', detail: `must not be longer than ${longest} bytes` }];
    }
    return [
      ...textProblems(pointer, value, field === 'labels' ? CONTROL : CONTROL_IN_TEXT),
      ...(isTemplate ? templateProblems(pointer, value, { isLabel: field === 'labels', mayReadSeries }) : []),
    ];
  });
}

function labelNameProblem(name: string): { code: string; detail: string } | null {
  if (name === 'alertname') return { code: 'reserved', detail: "alertname is the rule's name and cannot be set" };
  return annotationNameProblem(name);
}

function annotationNameProblem(name: string): { code: string; detail: string } | null {
  if (name === '' || !name.isWellFormed() || CONTROL.test(name)) {
    return { code: 'bad_name', detail: 'must not be empty and must not hold control characters' };
  }
  if (Buffer.byteLength(name) > LONGEST_NAME) {
    return { code: 'too_long', detail: `must not be longer than ${LONGEST_NAME} characters` };
  }
  if (name.startsWith('__')) return { code: 'reserved', detail: 'names that begin with __ belong to Prometheus' };
  if (name.startsWith(RESERVED_PREFIX)) {
    return { code: 'reserved', detail: `names that begin with ${RESERVED_PREFIX} belong to AlertAgent` };
  }
  // Legal in Prometheus, and a trap for programs downstream that keep labels in plain JavaScript objects.
  if (name === 'prototype' || name in Object.prototype) {
    return { code: 'reserved', detail: 'names of built-in properties are not taken' };
  }
  return null;
}

function templateProblems(
  pointer: string,
  text: string,
  { isLabel, mayReadSeries }: { isLabel: boolean; mayReadSeries: boolean },
): FieldProblem[] {
  const { fault, usesValue } = checkTemplate(text, { mayReadSeries });
  if (fault !== null) return [{ pointer, code: 'bad_template', detail: fault }];
  if (isLabel && usesValue) {
    const detail = 'the value changes with each evaluation; in a label it would make a new alert each time';
    return [{ pointer, code: 'value_in_label', detail }];
  }
  return [];
}
