/** What a parameter's values may be, and so where its placeholder may stand. */
export const PARAMETER_TYPES = ['number', 'duration', 'string', 'label_value', 'enum', 'regex'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

export type ParameterValue = number | string;

/** One value that whoever uses a template may choose; `${name}` stands for it in the template's rules. */
export interface TemplateParameter {
  name: string;
  /**
   * `number` and `duration` stand bare in an expression; `string`, `label_value`, `enum` and `regex` stand inside quotes,
   * and whatever they hold stays inside them. A `regex` stands only where Prometheus reads a regular expression.
   */
  type: ParameterType;
  description: string;
  /** What a number counts, e.g. `percent`, `bytes`, `seconds`; shown, never calculated with. */
  unit?: string | null;
  /** Taken when no value is given; without one the parameter is required. */
  default?: ParameterValue | null;
  /** Bounds of a number or a duration, both included. */
  minimum?: ParameterValue | null;
  maximum?: ParameterValue | null;
  /** Values of an `enum`. */
  choices?: string[] | null;
  /** Regular expression (RE2) that a whole `string` or `label_value` must match. */
  pattern?: string | null;
}

/** A rule of a template; every text but `key`, `kind`, `owner` and `runbook` may hold placeholders. */
export interface TemplateRule {
  /** What the rule is to later versions of its template, unique in it; its name when unset. */
  key?: string | null;
  kind?: 'alerting' | 'recording' | null;
  name: string;
  expression: string;
  duration?: string | null;
  keep_firing_for?: string | null;
  severity?: string | null;
  labels?: Record<string, string> | null;
  annotations?: Record<string, string> | null;
  /** Team. */
  owner?: string | null;
  /** URL. */
  runbook?: string | null;
  description?: string | null;
}

export interface TemplateGroup {
  name: string;
  rules: TemplateRule[];
}

/** Rules with gaps, and what may be put into them. */
export interface TemplateDocument {
  parameters: TemplateParameter[];
  groups: TemplateGroup[];
}

/** What later versions of a template know a rule by. */
export const ruleKey = (rule: Pick<TemplateRule, 'key' | 'name'>): string => rule.key || rule.name;
