import { pointerTo, type ConvergenceStrategy, type PolicyDocument, type Schedule } from '@alertagent/alerting';
import { parsePayload, ServiceError, type FieldProblem } from '@alertagent/contracts';
import { ScheduleInput, type ConvergenceStrategyInput, type PolicyInput } from './policy.dto';

const MOST_SCHEDULES = 100;
const LONGEST_NAME = 100;

/** The fields each strategy has. */
const STRATEGY_FIELDS = {
  labels: { needed: ['labels'], optional: ['across_clusters'] },
  topology: { needed: ['levels'], optional: [] },
  text: { needed: ['labels', 'similarity'], optional: ['across_clusters'] },
  alert: { needed: [], optional: [] },
} as const satisfies Record<string, { needed: readonly Field[]; optional: readonly Field[] }>;
type Field = Exclude<keyof ConvergenceStrategyInput, 'by'>;
const ALL_FIELDS: readonly Field[] = ['labels', 'levels', 'similarity', 'across_clusters'];

/**
 * A policy as it is stored, made of one whose fields have been validated: plain data, in the order of its own fields. Errors: ServiceError
 * `invalid` with every problem of strategies and schedules, which depend on each other's fields; pointers begin at `/policy`.
 */
export function readPolicy(input: PolicyInput): PolicyDocument {
  const problems: FieldProblem[] = [];
  const document = {
    ...input,
    convergence: input.convergence.map((rule, index) => ({
      ...rule,
      strategy: readStrategy(rule.strategy, ['policy', 'convergence', index, 'strategy'], problems),
    })),
    schedules: readSchedules(input.schedules, problems),
  };
  const [first] = problems;
  if (first) throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), { errors: problems });
  // Neither classes nor absent fields: what is compared and hashed is what will be read back.
  return JSON.parse(JSON.stringify(document)) as PolicyDocument;
}

function readStrategy(
  strategy: ConvergenceStrategyInput,
  path: (string | number)[],
  problems: FieldProblem[],
): ConvergenceStrategy {
  const { needed, optional }: { needed: readonly Field[]; optional: readonly Field[] } = STRATEGY_FIELDS[strategy.by];
  for (const field of ALL_FIELDS) {
    const isThere = strategy[field] !== undefined && strategy[field] !== null;
    const pointer = pointerTo(...path, field);
    if (!isThere && needed.includes(field))
      problems.push({ pointer, code: 'required', detail: `the strategy ${strategy.by} needs ${field}` });
    if (isThere && !needed.includes(field) && !optional.includes(field))
      problems.push({ pointer, code: 'unknown_field', detail: `the strategy ${strategy.by} has no ${field}` });
  }
  // With the fields that it needs and no others it is one of the strategies.
  return strategy as ConvergenceStrategy;
}

function readSchedules(schedules: Record<string, unknown>, problems: FieldProblem[]): Record<string, Schedule> {
  const entries = Object.entries(schedules);
  if (entries.length > MOST_SCHEDULES) {
    const detail = `there are ${entries.length} schedules, at most ${MOST_SCHEDULES} are allowed`;
    problems.push({ pointer: '/policy/schedules', code: 'too_many', detail });
    return {};
  }
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      const pointer = pointerTo('policy', 'schedules', name.slice(0, LONGEST_NAME));
      if (name === '' || name.length > LONGEST_NAME) {
        problems.push({ pointer, code: 'bad_name', detail: `names have 1 to ${LONGEST_NAME} characters` });
        return [];
      }
      const schedule = readSchedule(value, pointer, problems);
      return schedule ? [[name, schedule] as const] : [];
    }),
  );
}

function readSchedule(value: unknown, pointer: string, problems: FieldProblem[]): Schedule | null {
  try {
    return parsePayload(ScheduleInput, value, { unknownFields: 'refuse' });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    problems.push(...error.errors.map((problem) => ({ ...problem, pointer: pointer + problem.pointer })));
    return null;
  }
}
