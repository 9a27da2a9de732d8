import { parseDuration } from '@alertagent/alerting';
import { ServiceError, type FieldProblem, type RuleInput } from '@alertagent/contracts';
import type { ImportGroup } from './import-groups';

const LONGEST_NAMESPACE = 200;
const LONGEST_EXPRESSION = 20_000;
const LONGEST_DURATION = 50;
const LARGEST_LIMIT = 2_147_483_647;

const tooLong = (pointer: string, most: number): FieldProblem => ({
  pointer,
  code: 'too_long',
  detail: `must not be longer than ${most} characters`,
});

/** Refuses what the API would not take of somebody who writes the rule by hand. Errors: `invalid` with pointers. */
export function refuseOversized({ expression, duration, keep_firing_for }: RuleInput): void {
  const problems = [
    ...(expression.length > LONGEST_EXPRESSION ? [tooLong('/expression', LONGEST_EXPRESSION)] : []),
    ...((duration ?? '').length > LONGEST_DURATION ? [tooLong('/duration', LONGEST_DURATION)] : []),
    ...((keep_firing_for ?? '').length > LONGEST_DURATION ? [tooLong('/keep_firing_for', LONGEST_DURATION)] : []),
  ];
  if (problems.length > 0) throw invalid(problems);
}

/** What is wrong with a group itself, whatever its rules; Prometheus, or AlertAgent, would refuse all of it. Errors: `invalid`. */
export function refuseBadGroup({ namespace, settings }: ImportGroup): void {
  const problems: FieldProblem[] = [];
  const bad = (pointer: string, code: string, detail: string): void => void problems.push({ pointer, code, detail });
  const { interval, query_offset, limit } = settings ?? {};
  if (namespace.length > LONGEST_NAMESPACE) problems.push(tooLong('', LONGEST_NAMESPACE));
  if (interval && !((parseDuration(interval) ?? 0) > 0))
    bad('/interval', 'bad_duration', 'not a duration such as 30s or 1m');
  if (query_offset && parseDuration(query_offset) === null)
    bad('/query_offset', 'bad_duration', 'not a duration such as 30s');
  if (limit !== undefined && (limit < 0 || limit > LARGEST_LIMIT)) {
    bad('/limit', 'out_of_range', `must be a number from 0 to ${LARGEST_LIMIT}`);
  }
  if (problems.length > 0) throw invalid(problems);
}

const invalid = (errors: FieldProblem[]): ServiceError =>
  new ServiceError('invalid', `${errors[0]!.pointer}: ${errors[0]!.detail}`, { errors });
