/** How much a problem weighs: `error` and Prometheus refuses to load, `warning` and `info` and it loads. */
export type Severity = 'error' | 'warning' | 'info';

/** One thing that was found about an expression, a rule or a file of rules. */
export interface RuleProblem {
  /** Which check found it; each has a page in `docs/rules/checks`, or its section in `docs/rules/validation.md`. */
  check: string;
  severity: Severity;
  /** A sentence that a person can act on. */
  message: string;
  /** Place in the text that was given, from 1: of the YAML file, or within the field that `pointer` names. */
  line: number;
  column: number;
  /** RFC 6901 pointer to the field: in the YAML document, or in the rule. */
  pointer: string;
  /** What to write in its place, where that is known. */
  fix: string | null;
}

/** The answer about something that was validated. */
export interface Validation {
  /** False exactly when Prometheus of the version that was asked for would refuse to load it. */
  valid: boolean;
  problems: RuleProblem[];
}

/** A text and where its characters stand in what was given. */
export interface PlacedText {
  text: string;
  pointer: string;
  /** Line and column of a character, by its offset in `text`. */
  place: (offset: number) => { line: number; column: number };
}

/** A text that stands for itself, such as a field of a JSON document. */
export function textAt(text: string, pointer: string): PlacedText {
  return { text, pointer, place: (offset) => placeIn(text, offset) };
}

/** Line and column of an offset, from 1. */
export function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

/** A problem at an offset of a text. */
export function problemIn(
  { pointer, place }: PlacedText,
  offset: number,
  found: { check: string; message: string; severity?: Severity; fix?: string | null },
): RuleProblem {
  const { check, message, severity = 'error', fix = null } = found;
  return { check, severity, message, ...place(offset), pointer, fix };
}
