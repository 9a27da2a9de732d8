import { absentWithoutFor } from './absent-without-for';
import { aggregationDropsIdentity } from './aggregation-drops-identity';
import { alertWithoutCondition } from './alert-without-condition';
import { boolAlwaysFires } from './bool-always-fires';
import type { RuleCheck, RulesCheck } from './check';
import type { LiveCheck } from './live-check';
import { comparisonAlwaysTrue } from './comparison-always-true';
import { comparisonNeverTrue } from './comparison-never-true';
import { deprecatedFunction } from './deprecated-function';
import { duplicateRule } from './duplicate-rule';
import { fixedTime } from './fixed-time';
import { forNotMultipleOfInterval } from './for-not-multiple-of-interval';
import { highCardinalityLabel } from './high-cardinality-label';
import { histogramWithoutLe } from './histogram-without-le';
import { looksAhead } from './looks-ahead';
import { matchingCannotMatch } from './matching-cannot-match';
import { missingFor } from './missing-for';
import { missingRunbook } from './missing-runbook';
import { missingSeverity } from './missing-severity';
import { missingSummary } from './missing-summary';
import { neverFiresType } from './never-fires-type';
import { queryCost } from './query-cost';
import { rateAfterAggregation } from './rate-after-aggregation';
import { rateOnGauge } from './rate-on-gauge';
import { rateRangeTooShort } from './rate-range-too-short';
import { regexMatchesAll } from './regex-matches-all';
import { regexWithoutPattern } from './regex-without-pattern';
import { selectorWithoutName } from './selector-without-name';
import { seriesMissing } from './series-missing';
import { subqueryTooFine } from './subquery-too-fine';
import { templateLabelDropped } from './template-label-dropped';
import { unreachableSeverity } from './unreachable-severity';

/** The checks of single rules. Each has its file here and its page in `docs/rules/checks`. */
export const RULE_CHECKS: readonly RuleCheck[] = [
  absentWithoutFor,
  aggregationDropsIdentity,
  alertWithoutCondition,
  boolAlwaysFires,
  comparisonAlwaysTrue,
  comparisonNeverTrue,
  deprecatedFunction,
  fixedTime,
  forNotMultipleOfInterval,
  highCardinalityLabel,
  histogramWithoutLe,
  looksAhead,
  matchingCannotMatch,
  missingFor,
  missingRunbook,
  missingSeverity,
  missingSummary,
  neverFiresType,
  rateAfterAggregation,
  rateOnGauge,
  rateRangeTooShort,
  regexMatchesAll,
  regexWithoutPattern,
  selectorWithoutName,
  subqueryTooFine,
  templateLabelDropped,
];

/** The checks of rules together. */
export const RULES_CHECKS: readonly RulesCheck[] = [duplicateRule, unreachableSeverity];

/** The checks that ask a cluster; only when somebody wants it. */
export const LIVE_CHECKS: readonly LiveCheck[] = [queryCost, seriesMissing];

/** Names of all checks of habits. */
export const LINT_CHECKS: readonly string[] = [...RULE_CHECKS, ...RULES_CHECKS, ...LIVE_CHECKS]
  .map(({ name }) => name)
  .sort();
