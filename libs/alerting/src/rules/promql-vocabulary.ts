/**
 * What Prometheus 2.42 knows. The grammar we parse with belongs to a much newer Prometheus, so everything that came
 * later has to be refused by name: an older server would not load it.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  `abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos
  cosh count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv exp floor histogram_count
  histogram_fraction histogram_quantile histogram_sum hour idelta increase irate label_join label_replace
  last_over_time ln log10 log2 max_over_time min_over_time minute month pi predict_linear present_over_time
  quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_desc sqrt stddev_over_time stdvar_over_time
  sum_over_time tan tanh time timestamp vector year`.split(/\s+/),
);

/** Aggregations, with how many arguments each takes. */
export const AGGREGATIONS: ReadonlyMap<string, number> = new Map([
  ['sum', 1],
  ['avg', 1],
  ['count', 1],
  ['min', 1],
  ['max', 1],
  ['group', 1],
  ['stddev', 1],
  ['stdvar', 1],
  ['topk', 2],
  ['bottomk', 2],
  ['quantile', 2],
  ['count_values', 2],
]);

/** Nodes of the syntax tree that have the same meaning in 2.42. Nodes not listed here are refused. */
export const SYNTAX: ReadonlySet<string> = new Set(
  `PromQL BinaryExpr ParenExpr UnaryExpr UnaryOp AggregateExpr AggregateOp AggregateModifier By Without GroupingLabels
  LabelName FunctionCall FunctionIdentifier FunctionCallBody MatrixSelector SubqueryExpr OffsetExpr OffsetDurationExpr
  Offset StepInvariantExpr At AtModifierPreprocessors AtStart AtEnd VectorSelector Identifier LabelMatchers
  UnquotedLabelMatcher MatchOp EqlSingle Neq EqlRegex NeqRegex StringLiteral NumberDurationLiteral DurationExpr
  NumberDurationLiteralInDurationContext BoolModifier Bool MatchingModifierClause On Ignoring GroupLeft GroupRight
  Add Sub Mul Div Mod Pow Atan2 Eql Gte Gtr Lte Lss And Or Unless LineComment`.split(/\s+/),
);
