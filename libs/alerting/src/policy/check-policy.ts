import { parseDuration } from '../durations';
import { checkConvergence } from './check-convergence';
import { checkPriority } from './check-priority';
import { checkRouting } from './check-routing';
import { compilePolicy } from './compile-policy';
import type { PolicyDocument, PolicySnapshot, RouteNode } from './policy-document';
import { Findings, type PolicyFindings } from './policy-findings';

const LABEL_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LONGEST_MS = 24 * 60 * 60_000;

/**
 * Everything that is wrong with a snapshot whose fields have the right types: what cannot be compiled, what contradicts itself, and
 * (as warnings) what never takes effect. For policies that people write; a version that was stored is only compiled, so that later
 * checks do not make old decisions impossible to replay.
 */
export function checkPolicy(snapshot: PolicySnapshot): PolicyFindings {
  const { policy } = snapshot;
  const compiled = compilePolicy(snapshot, 0);
  const parts = [
    checkBasics(policy),
    checkConvergence(policy.convergence),
    checkPriority(policy.priority),
    checkRouting(policy.routing),
    checkSchedules(policy),
  ];
  return {
    problems: [...(compiled.ok ? [] : compiled.problems), ...parts.flatMap(({ problems }) => problems)],
    warnings: parts.flatMap(({ warnings }) => warnings),
  };
}

function checkBasics({ identity, flapping, storm }: PolicyDocument): PolicyFindings {
  const found = new Findings(['policy']);
  for (const [index, label] of identity.ignore_labels.entries()) {
    const where = ['identity', 'ignore_labels', index];
    if (!LABEL_NAME.test(label)) found.problem(where, 'bad_label', 'this is no name of a label');
    if (label === 'alertname')
      found.problem(where, 'needed', 'without alertname all alerts with the same other labels would be one');
    else if (label === 'severity' || label === 'instance')
      found.warning(where, 'identity', 'alerts that differ in this label only count as one and the same');
  }
  const within = (text: string, where: string[], least: number): void => {
    const ms = parseDuration(text);
    if (ms !== null && (ms < least || ms > LONGEST_MS))
      found.problem(where, 'out_of_range', least > 0 ? 'must be from 1s to 1d' : 'must be at most 1d');
  };
  within(flapping.window, ['flapping', 'window'], 1000);
  within(flapping.hold, ['flapping', 'hold'], 0);
  within(storm.window, ['storm', 'window'], 1000);
  return found;
}

function checkSchedules({ schedules, priority, routing }: PolicyDocument): PolicyFindings {
  const found = new Findings(['policy', 'schedules']);
  const used = new Set([...priority.times.map(({ schedule }) => schedule), ...schedulesOf(routing)]);
  for (const name of Object.keys(schedules)) {
    if (!used.has(name)) found.warning([name], 'unused', 'nothing refers to this schedule');
  }
  return found;
}

function schedulesOf({ schedule, routes }: RouteNode): string[] {
  return [...(schedule ? [schedule] : []), ...(routes ?? []).flatMap(schedulesOf)];
}
