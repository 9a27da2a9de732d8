import type { PlacedText, Severity } from '../validate/problem';
import type { RuleSubject } from './subject';

/** What a check found: a sentence, and where. `at` is an offset in `text`. */
export interface Finding {
  message: string;
  text: PlacedText;
  at: number;
  fix?: string;
}

/** A habit that is looked for in one rule. `name` is that of its file and of its page in `docs/rules/checks`. */
export interface RuleCheck {
  name: string;
  /** Unless configured otherwise. */
  severity: Severity;
  find: (rule: RuleSubject) => Finding[];
}

/** A habit that only shows when rules are looked at together. */
export interface RulesCheck {
  name: string;
  severity: Severity;
  findAmong: (rules: readonly RuleSubject[]) => (Finding & { rule: RuleSubject })[];
}

/** A place in the rule's expression. */
export const inExpression = (rule: RuleSubject, at: number, message: string, fix?: string): Finding => ({
  message,
  text: rule.expression,
  at,
  ...(fix === undefined ? {} : { fix }),
});

/** The rule as such. */
export const atName = (rule: RuleSubject, message: string): Finding => ({ message, text: rule.name, at: 0 });
