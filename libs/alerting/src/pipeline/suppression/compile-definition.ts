import { parseDuration } from '../../durations';
import { compileMatchers, matchesUnlabelled, type LabelTest } from '../../policy/matchers';
import type { SuppressionDefinition } from '../../policy/policy-document';
import { pointerTo, type FieldProblem } from '../../problems';
import type { NormalisedAlert } from '../../webhook/normalised-alert';
import { alertValues, compileCondition, holds, type Condition } from '../cel';
import { checkDefinition } from './check-definition';
import type { CompiledSuppression, SuppressionParts } from './compiled-suppression';
import { compileConditionKind } from './condition';
import { compileMaintenance } from './maintenance';
import { compileMarkerKind } from './marker';
import { compileNoise } from './noise';
import { compileRateCap } from './rate-cap';
import { compileRecurrence, type Recurrence } from './recurrence';

const LONGEST_CONDITION = 2000;

/** Checks one definition and compiles it, or answers every problem with pointers into it. */
export function compileDefinition(definition: SuppressionDefinition): CompiledSuppression | FieldProblem[] {
  const problems = checkDefinition(definition);
  const report = (pointer: string, code: string, error: unknown): void => {
    const message = error instanceof Error ? error.message.split('\n')[0]! : 'not valid';
    problems.push({ pointer, code, detail: message.length > 250 ? `${message.slice(0, 250)}…` : message });
  };
  const matches = compileEach(definition.match, 'match', report);
  const isSource = compileEach(definition.source ?? [], 'source', report);
  let condition: Condition | null = null;
  try {
    if (definition.condition) condition = compileShort(definition.condition);
  } catch (error) {
    report('/condition', 'bad_condition', error);
  }
  if (problems.length === 0) rejectUnbounded(definition, problems);
  const recurrence = compileWindows(definition, problems);
  if (problems.length > 0) return problems;
  const targets = (alert: NormalisedAlert): boolean =>
    matches(alert.labels) && (condition === null || holds(condition, alertValues(alert)));
  return compileKind({ definition, targets, isSource: (alert) => isSource(alert.labels) }, recurrence);
}

function compileKind(parts: SuppressionParts, recurrence: Recurrence | null): CompiledSuppression {
  const { kind, duration, cap } = parts.definition;
  switch (kind) {
    case 'maintenance':
      return compileMaintenance(parts, recurrence);
    case 'condition':
      return compileConditionKind(parts, duration ? parseDuration(duration) : null);
    case 'inhibition':
    case 'dependency':
      return compileMarkerKind(parts);
    case 'rate_cap':
      return compileRateCap(parts, parseDuration(cap!.window)!);
    case 'noise':
      return compileNoise(parts);
  }
}

function compileEach(
  matchers: readonly string[],
  field: string,
  report: (pointer: string, code: string, error: unknown) => void,
): LabelTest {
  for (const [index, matcher] of matchers.entries()) {
    try {
      compileMatchers([matcher]);
    } catch (error) {
      report(pointerTo(field, index), 'bad_matcher', error);
    }
  }
  try {
    return compileMatchers(matchers);
  } catch {
    return () => false;
  }
}

function compileShort(condition: string): Condition {
  if (condition.length > LONGEST_CONDITION) throw new Error(`must not be longer than ${LONGEST_CONDITION} characters`);
  return compileCondition(condition);
}

/** One that hides every alert there is, or lets any alert hide others, is a slip of the pen. */
function rejectUnbounded(definition: SuppressionDefinition, problems: FieldProblem[]): void {
  const { kind, match, source = [], condition } = definition;
  const detail = 'applies to every alert; name what is meant, or write alertname=~".+" if that is all of them';
  if (kind !== 'noise' && kind !== 'rate_cap' && !condition && matchesUnlabelled(match)) {
    problems.push({ pointer: '/match', code: 'matches_everything', detail });
  }
  if ((kind === 'inhibition' || kind === 'dependency') && matchesUnlabelled(source)) {
    problems.push({ pointer: '/source', code: 'matches_everything', detail });
  }
}

function compileWindows({ kind, recurrence }: SuppressionDefinition, problems: FieldProblem[]): Recurrence | null {
  if (kind !== 'maintenance' || !recurrence) return null;
  const compiled = compileRecurrence(recurrence);
  if (!Array.isArray(compiled)) return compiled;
  problems.push(...compiled.map((problem) => ({ ...problem, pointer: `/recurrence${problem.pointer}` })));
  return null;
}
