import type { Grammar } from '../promql/grammar';
import type { Pair } from './check-rule-content';
import { contentOf, wrongTypes } from './rule-document';
import { validateExpression, validateRuleDocument, validateRuleText, type ToValidate } from './validate';

/** A rule file that says the same, and what we say about it. */
export interface JudgedFile {
  text: string;
  valid: boolean;
  /** The first thing for which we refuse it; null when we take it. */
  reason: string | null;
}

/** What YAML takes in double quotes only when it is escaped. */
const ESCAPED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * The same as a rule file, so that another program can judge what we judge. Null for what no file can say: half of a surrogate pair, or
 * something else than text.
 */
export function judgedFile(subject: ToValidate, grammar: Grammar): JudgedFile | null {
  const options = { grammar, lint: null };
  if ('yaml' in subject) return judged(subject.yaml, validateRuleText(subject.yaml, options));
  if ('expression' in subject) {
    const { expression } = subject;
    return judged(fileWith({ record: 'judged', expr: expression }), validateExpression(expression, options));
  }
  if (wrongTypes(subject.rule).length > 0) return null;
  const rule = contentOf(subject.rule);
  const entry = {
    alert: rule.alert?.text,
    record: rule.record?.text,
    expr: rule.expr?.text,
    for: rule.for?.text,
    keep_firing_for: rule.keepFiringFor?.text,
    labels: mapOf(rule.labels),
    annotations: mapOf(rule.annotations),
  };
  return judged(fileWith(entry), validateRuleDocument(subject.rule, options));
}

function judged(text: string | null, { valid, problems }: ReturnType<typeof validateExpression>): JudgedFile | null {
  if (text?.isWellFormed() !== true) return null;
  const first = problems.find(({ severity }) => severity === 'error');
  return { text, valid, reason: first && !valid ? `${first.check}: ${first.message}` : null };
}

/** In JSON, which is YAML too; null with half of a surrogate pair somewhere. */
function fileWith(rule: object): string | null {
  let isWhole = true;
  const text = JSON.stringify({ groups: [{ name: 'judged', rules: [rule] }] }, (key, value: unknown) => {
    isWhole &&= key.isWellFormed() && (typeof value !== 'string' || value.isWellFormed());
    return value;
  });
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return isWhole ? text.replace(ESCAPED, escape) : null;
}

function mapOf(pairs: readonly Pair[]): Record<string, string> | undefined {
  // Object.fromEntries defines properties, so a name such as __proto__ stays data.
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs.map(({ name, value }) => [name.text, value.text]));
}
