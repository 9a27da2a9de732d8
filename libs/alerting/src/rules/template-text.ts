import { readTemplate, type ReadTemplate, type TemplateUse } from './go-template/parser';
import { templateNames } from './go-template/prometheus-names';
import { defaultGrammar, type Grammar } from './promql/grammar';

/** What reading a template found: the first fault, and whether it shows the value, which changes all the time. */
export interface CheckedTemplate {
  fault: string | null;
  usesValue: boolean;
  /** What reads more than the alert's own data, or runs other templates: only some may write it. */
  beyondAlert: TemplateUse | null;
}

/** Functions that read series, or take templates by name. */
const BEYOND_FUNCTIONS: ReadonlySet<string> = new Set(['query', 'tmpl', 'call']);
const BEYOND_KEYWORDS: ReadonlySet<string> = new Set(['define', 'template', 'block']);

/**
 * Checks a label or annotation template. Templates are code that Prometheus runs: unless the author may write any
 * (`mayReadSeries`), only the alert's own data and functions that format are let through, so nobody can read other series
 * with a rule. Text that does not parse never reaches a server.
 */
export function checkTemplate(
  template: string,
  { grammar = defaultGrammar(), mayReadSeries = false }: { grammar?: Grammar; mayReadSeries?: boolean } = {},
): CheckedTemplate {
  const read = readTemplate(template, templateNames(grammar));
  const beyondAlert = beyond(read);
  const refused = beyondAlert && !mayReadSeries ? `"${beyondAlert.name}" is not allowed in rules` : null;
  return { fault: read.fault?.detail ?? refused, usesValue: usesValue(read.uses), beyondAlert };
}

/** The first part of a template that reaches beyond the alert it is for. */
export function beyond({ uses }: Pick<ReadTemplate, 'uses'>): TemplateUse | null {
  const found = uses.find(({ kind, name }) =>
    kind === 'function' ? BEYOND_FUNCTIONS.has(name) : kind === 'keyword' && BEYOND_KEYWORDS.has(name),
  );
  return found ?? null;
}

/** Whether the value of the alert is shown, which is another one at each evaluation. */
export function usesValue(uses: readonly TemplateUse[]): boolean {
  return uses.some(
    ({ kind, name }) => (kind === 'variable' && name === '$value') || (kind === 'field' && name === 'Value'),
  );
}
