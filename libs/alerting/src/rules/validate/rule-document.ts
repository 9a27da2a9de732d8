import { pointerTo } from '../../problems';
import { fillIn, type RuleParameters } from '../parameters';
import type { Pair, RuleContentToCheck } from './check-rule-content';
import { problemIn, textAt, type PlacedText, type RuleProblem } from './problem';

/** A rule as the API takes it; all that is not text where text is expected counts as missing. */
export type RuleDocument = Readonly<Record<string, unknown>>;

const TEXTS = ['name', 'expression', 'duration', 'keep_firing_for', 'severity'] as const;

/** The rule as it would stand in a file, with the values of its parameters. */
export function contentOf(document: RuleDocument): RuleContentToCheck {
  const fill = filler(document.parameters);
  const text = (field: string): PlacedText | null => {
    const value = document[field];
    return typeof value === 'string' ? textAt(fill(value), pointerTo(field)) : null;
  };
  const duration = (field: string): PlacedText | null => (document[field] === '' ? null : text(field));
  const isRecording = document.kind === 'recording';
  const severity = isRecording ? null : text('severity');
  const labels = pairsOf(document, 'labels', fill);
  if (severity && severity.text !== '') labels.push({ name: { ...severity, text: 'severity' }, value: severity });
  return {
    self: textAt('', ''),
    alert: isRecording ? null : text('name'),
    record: isRecording ? text('name') : null,
    expr: text('expression'),
    for: duration('duration'),
    keepFiringFor: duration('keep_firing_for'),
    labels,
    annotations: isRecording ? [] : annotationsOf(document, fill),
  };
}

function annotationsOf(document: RuleDocument, fill: (text: string) => string): Pair[] {
  const annotations = pairsOf(document, 'annotations', fill);
  const { runbook } = document;
  if (typeof runbook === 'string' && runbook !== '') {
    const value = textAt(runbook, '/runbook');
    annotations.push({ name: { ...value, text: 'runbook_url' }, value });
  }
  return annotations;
}

function pairsOf(document: RuleDocument, field: string, fill: (text: string) => string): Pair[] {
  const map = document[field];
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return [];
  return Object.entries(map).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [];
    const pointer = pointerTo(field, name);
    return [{ name: textAt(name, pointer), value: textAt(fill(value), pointer) }];
  });
}

/** Puts the values of declared parameters in the place of `${name}`. */
function filler(parameters: unknown): (text: string) => string {
  if (typeof parameters !== 'object' || parameters === null) return (text) => text;
  const values = Object.entries(parameters).filter(([, value]) => ['number', 'string'].includes(typeof value));
  return (text) => fillIn(text, Object.fromEntries(values) as RuleParameters);
}

/** Fields that hold something else than text; such a rule could not be written into a file. */
export function wrongTypes(document: RuleDocument): RuleProblem[] {
  const wrong = (pointer: string, message: string): RuleProblem =>
    problemIn(textAt('', pointer), 0, { check: 'rule/type', message });
  const found = TEXTS.filter((field) => {
    const value = document[field];
    return value !== undefined && value !== null && typeof value !== 'string';
  }).map((field) => wrong(pointerTo(field), 'must be text'));
  for (const field of ['labels', 'annotations']) {
    const map = document[field];
    if (map === undefined || map === null) continue;
    if (typeof map !== 'object' || Array.isArray(map)) found.push(wrong(pointerTo(field), 'must be a map of text'));
    else
      for (const [name, value] of Object.entries(map))
        if (typeof value !== 'string') found.push(wrong(pointerTo(field, name), 'must be text'));
  }
  return found;
}
