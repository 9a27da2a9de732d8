import type { Severity } from '../validate/problem';
import type { HasSeries } from '../health/missing-series';
import type { Finding } from './check';
import type { RuleSubject } from './subject';

/** What may be asked about the cluster that a rule is meant for. Each question may fail, which is for whoever asks to tell. */
export interface LiveSource {
  has: HasSeries;
  /** The value of an expression that has one; 0 when it has none. */
  value: (expression: string) => Promise<number>;
}

/** What one evaluation of a rule may read; 0 is without end. */
export interface QueryBudget {
  series: number;
  samples: number;
}

/** A habit that only shows on the data of a cluster. `name` is that of its file and of its page in `docs/rules/checks`. */
export interface LiveCheck {
  name: string;
  severity: Severity;
  /** Errors: those of the source. */
  findOn: (rule: RuleSubject, source: LiveSource, budget: QueryBudget) => Promise<Finding[]>;
}
