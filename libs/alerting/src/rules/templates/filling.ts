import type { CheckedValues } from './parameter-values';
import type { TemplateParameter } from './template-document';

export type Parameters = ReadonlyMap<string, TemplateParameter>;

/** What the texts of one rule are filled with. */
export interface Filling {
  parameters: Parameters;
  values: CheckedValues;
  /** Parameters that stay parameters of the rule, so that a cluster can have another value. */
  kept: ReadonlySet<string>;
}

/** A fault of the template itself, or one that the value of a parameter causes. */
export interface FillFault {
  code: string;
  detail: string;
  /** The parameter whose value is at fault; null when no value is. */
  parameter: string | null;
}

/** The text with every value in it, and the same text in which kept parameters still stand as `${name}`. */
export type Filled = { text: string; keeping: string; fault: null } | { text: null; keeping: null; fault: FillFault };

export const failed = ({ code, detail, parameter }: FillFault): Filled => ({
  text: null,
  keeping: null,
  fault: { code, detail, parameter },
});

export const undeclared = (name: string): FillFault => ({
  code: 'undeclared_parameter',
  detail: `\${${name}} is not among the parameters; write $\${${name}} if the text itself is meant`,
  parameter: null,
});
