/** A rule as a rule file holds it: everything Prometheus reads of it, in the file's own text. */
export interface FileRule {
  /** Exactly one of the two is set. */
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A group as a rule file holds it; its rules are evaluated one after the other. */
export interface FileGroup<Rule = FileRule> {
  name: string;
  interval?: string;
  query_offset?: string;
  limit?: number;
  labels?: Record<string, string>;
  rules: Rule[];
}

/** A place in a text that was read; both count from 1. */
export interface TextPlace {
  line: number;
  column: number;
}

/**
 * What is wrong with a file, or what was left out of it. An `error` keeps what it is about (rule, group or file) from
 * being taken, because Prometheus would refuse the file; a `warning` does not.
 */
export interface FileProblem {
  severity: 'error' | 'warning';
  code: string;
  detail: string;
  /** RFC 6901, into the document. */
  pointer: string;
  /** Null where the text has no lines worth telling, as in an answer of a Prometheus. */
  place: TextPlace | null;
}

/** A rule that was read, with where it stood. One with an error among its problems is not to be taken. */
export interface ReadRule {
  rule: FileRule;
  pointer: string;
  place: TextPlace | null;
  problems: FileProblem[];
  /** Set when AlertAgent itself wrote the rule there: it is known already. */
  managed: { rule_id: string; version: number } | null;
}

/** A group that was read. An error among its problems is about all of its rules. */
export interface ReadGroup extends FileGroup<ReadRule> {
  pointer: string;
  place: TextPlace | null;
  problems: FileProblem[];
}

/** How the rules were written down. */
export type RuleFileFormat = 'prometheus' | 'crd' | 'api';

/** One rule file, custom resource or file of a live Prometheus. An error among its problems is about all of it. */
export interface ReadRuleFile {
  format: RuleFileFormat;
  /** What the source itself calls the set of groups: name of the resource, of the file. Null when it does not. */
  namespace: string | null;
  groups: ReadGroup[];
  problems: FileProblem[];
}

/** Whether something keeps the rule, group or file from being taken. */
export const isRefused = ({ problems }: { problems: readonly FileProblem[] }): boolean =>
  problems.some(({ severity }) => severity === 'error');

/** Annotations of AlertAgent's own rule files: they name the rule a file's rule was rendered from. */
export const RULE_ID_ANNOTATION = 'alertagent_rule_id';
export const RULE_VERSION_ANNOTATION = 'alertagent_rule_version';
