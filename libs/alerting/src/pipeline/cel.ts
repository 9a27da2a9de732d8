import { createRequire } from 'node:module';
import type { NormalisedAlert } from '../webhook/normalised-alert';
import { hasReads, requiredReads } from './cel-reads';
// Types only: the package is an ES module, which CommonJS output may not import, though Node can require it.
import type { Environment, ParseResult } from '@marcbachmann/cel-js' with { 'resolution-mode': 'import' };

/** A compiled CEL expression; throws, or yields nothing, when it cannot be decided for these values. */
export type Condition = (values: Record<string, unknown>) => unknown;

const MOST_NODES = 200;
const MOST_DEPTH = 50;

let environment: Environment | null = null;

/**
 * Compiles a CEL condition over one alert: `labels`, `annotations` (maps of strings), `name`, `severity`, `cluster`
 * (strings). Throws an Error whose message says what is wrong, `matches` included: its regular expressions
 * backtrack, and one alert could hold up all others for seconds.
 */
export function compileCondition(expression: string): Condition {
  environment ??= newEnvironment();
  const compiled = compileGuarded(environment, expression);
  const reads = requiredReads(compiled.ast);
  return (values) => (hasReads(reads, values) ? compiled(values) : undefined);
}

function newEnvironment(): Environment {
  return guardedEnvironment()
    .registerVariable('labels', 'map<string, string>')
    .registerVariable('annotations', 'map<string, string>')
    .registerVariable('name', 'string')
    .registerVariable('severity', 'string')
    .registerVariable('cluster', 'string');
}

/** An environment without variables whose expressions are bounded in size. */
export function guardedEnvironment(): Environment {
  const load = createRequire(__filename);
  const cel = load('@marcbachmann/cel-js') as { Environment: typeof Environment };
  return new cel.Environment({
    limits: {
      maxAstNodes: MOST_NODES,
      maxDepth: MOST_DEPTH,
      maxListElements: 100,
      maxMapEntries: 100,
      maxCallArguments: 8,
    },
  });
}

/** Compiles an expression that yields true or false. Throws an Error whose message says what is wrong with it. */
export function compileGuarded(environment: Environment, expression: string): ParseResult {
  const checked = environment.check(expression);
  if (!checked.valid) throw new Error(checked.error?.summary ?? 'the condition is not valid');
  if (checked.type !== 'bool') throw new Error(`the condition yields ${checked.type ?? 'nothing'}, not true or false`);
  const compiled = environment.parse(expression);
  if (callsMatches(compiled.ast)) throw new Error('matches is not available; use ==, in, startsWith or endsWith');
  return compiled;
}

/** The tree is nested arrays and nodes; a call's name stands first among its arguments. */
function callsMatches(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(callsMatches);
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return false;
  const isCall = node.op === 'call' || node.op === 'rcall';
  if (isCall && Array.isArray(node.args) && node.args[0] === 'matches') return true;
  return callsMatches(node.args);
}

/** What conditions see of an alert. */
export function alertValues(alert: NormalisedAlert): Record<string, unknown> {
  const { labels, annotations, name, severity, cluster_id } = alert;
  return { labels, annotations, name, severity: severity ?? '', cluster: cluster_id };
}

/** Whether a condition is true; one that cannot be decided, because a label it reads is missing, is not. */
export function holds(condition: Condition, values: Record<string, unknown>): boolean {
  try {
    return condition(values) === true;
  } catch {
    return false;
  }
}
