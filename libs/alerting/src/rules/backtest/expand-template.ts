/** What a template of a rule may show. */
export interface TemplateData {
  labels: Readonly<Record<string, string>>;
  externalLabels: Readonly<Record<string, string>>;
  /** As the source wrote it. */
  value: string;
}

const ACTION =
  /\{\{(?:- )?\s*(?:(?:\$labels|\.Labels)\.(?<label>\w+)|(?:\$externalLabels|\.ExternalLabels)\.(?<external>\w+)|(?<value>\$value|\.Value))\s*(?: -)?\}\}/g;

/** Whether the text stays the same whatever the alert is. */
export const isPlain = (template: string): boolean => !template.includes('{{');

/** Whether {@link expandTemplate} can expand it: plain text, labels and the value, without functions and conditions. */
export const isExpandable = (template: string): boolean =>
  !template.replace(ACTION, '').includes('{{') && !/\{\{- | -\}\}/.test(template);

/** Expands a template as Prometheus would; one that is not expandable stays as it is. */
export function expandTemplate(template: string, { labels, externalLabels, value }: TemplateData): string {
  if (isPlain(template) || !isExpandable(template)) return template;
  return template.replace(ACTION, (...match: unknown[]) => {
    const { label, external } = match.at(-1) as { label?: string; external?: string };
    if (label !== undefined) return labels[label] ?? '';
    return external === undefined ? goNumber(value) : (externalLabels[external] ?? '');
  });
}

/** A number as Go's `%v` prints it. */
function goNumber(text: string): string {
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  const size = Math.abs(number);
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return String(number);
  const [digits, exponent = '0'] = number.toExponential().split('e');
  return `${digits}e${exponent.startsWith('-') ? '-' : '+'}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`;
}
