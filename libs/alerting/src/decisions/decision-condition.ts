import { compileGuarded, guardedEnvironment } from '../pipeline/cel';
import type { Environment } from '@marcbachmann/cel-js' with { 'resolution-mode': 'import' };

/** What a decision's condition may ask about. */
export interface ConditionValues {
  severity_score: number;
  confidence: number;
  labels: Record<string, string>;
  name: string;
  severity: string;
  cluster: string;
  team: string;
}

/** True, false, or false where the condition cannot be decided, because a label that it reads is missing. */
export type DecisionCondition = (values: ConditionValues) => boolean;

let environment: Environment | null = null;
/** Conditions that were compiled; policies are few, decisions are many. */
const compiled = new Map<string, DecisionCondition>();
const MOST_COMPILED = 1_000;

/** Compiles a condition. Throws an Error whose message says what is wrong with it. */
export function compileDecisionCondition(expression: string): DecisionCondition {
  const known = compiled.get(expression);
  if (known) return known;
  environment ??= guardedEnvironment()
    .registerVariable('severity_score', 'double')
    .registerVariable('confidence', 'double')
    .registerVariable('labels', 'map<string, string>')
    .registerVariable('name', 'string')
    .registerVariable('severity', 'string')
    .registerVariable('cluster', 'string')
    .registerVariable('team', 'string');
  const evaluate = compileGuarded(environment, expression);
  const condition: DecisionCondition = (values) => {
    try {
      return evaluate(values) === true;
    } catch {
      return false;
    }
  };
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(expression, condition);
  return condition;
}
