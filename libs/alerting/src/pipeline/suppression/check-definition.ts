import { parseDuration } from '../../durations';
import type { SuppressionDefinition, SuppressionKind } from '../../policy/policy-document';
import { pointerTo, type FieldProblem } from '../../problems';

/** Fields that mean something for some kinds only. */
type SpecialField = 'duration' | 'recurrence' | 'source' | 'equal' | 'cap' | 'label_hashes';

const FIELDS_OF: Readonly<Record<SuppressionKind, readonly SpecialField[]>> = {
  maintenance: ['recurrence'],
  condition: ['duration'],
  inhibition: ['source', 'equal'],
  dependency: ['source', 'equal'],
  rate_cap: ['cap'],
  noise: ['label_hashes'],
};
const SPECIAL_FIELDS: readonly SpecialField[] = ['duration', 'recurrence', 'source', 'equal', 'cap', 'label_hashes'];

const MOST_MATCHERS = 50;
const MOST_LABELS = 20;
const MOST_HASHES = 1000;
const MOST_ALERTS = 1_000_000;
const SHORTEST_CAP_MS = 1000;
const LONGEST_CAP_MS = 7 * 24 * 60 * 60_000;

/** Checks what each kind needs, except for what has to be compiled to be checked. */
export function checkDefinition(definition: SuppressionDefinition): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const problem = (pointer: string, code: string, detail: string): void => {
    problems.push({ pointer, code, detail });
  };
  const { kind, match, starts_at_ms, ends_at_ms } = definition;
  for (const field of ['name', 'owner', 'reason'] as const) {
    if (definition[field].trim() === '') problem(`/${field}`, 'required', 'must say something');
  }
  if (ends_at_ms !== null && ends_at_ms <= starts_at_ms) {
    problem('/ends_at_ms', 'ends_before_start', 'must be later than the start');
  }
  if (ends_at_ms === null && (kind === 'noise' || (kind === 'maintenance' && !definition.recurrence))) {
    problem('/ends_at_ms', 'required', 'must have an end: nobody remembers to look again');
  }
  for (const field of SPECIAL_FIELDS) {
    if (!isGiven(definition[field]) || FIELDS_OF[kind].includes(field)) continue;
    problem(`/${field}`, 'not_for_kind', `means nothing for the kind ${kind}; leave it out`);
  }
  if (match.length > MOST_MATCHERS) problem('/match', 'too_many', `takes at most ${MOST_MATCHERS} matchers`);
  checkKind(definition, problem);
  return problems;
}

type Report = (pointer: string, code: string, detail: string) => void;

function checkKind(definition: SuppressionDefinition, problem: Report): void {
  const { kind, condition, duration, source = [], equal = [], label_hashes = [] } = definition;
  switch (kind) {
    case 'maintenance':
      return;
    case 'condition':
      if (!condition) problem('/condition', 'required', "must be a condition such as labels.maintenance == 'true'");
      if (duration && !(parseDuration(duration)! > 0)) {
        problem('/duration', 'bad_duration', 'must be a duration such as 2h');
      }
      return;
    case 'inhibition':
    case 'dependency':
      if (source.length === 0) problem('/source', 'required', 'must have a matcher of the alert that hides others');
      if (source.length > MOST_MATCHERS) problem('/source', 'too_many', `takes at most ${MOST_MATCHERS} matchers`);
      if (equal.length === 0) {
        problem('/equal', 'required', 'must name what both share; @cluster is the cluster that sent the alert');
      }
      checkLabels(equal, '/equal', problem);
      return;
    case 'rate_cap':
      checkCap(definition, problem);
      return;
    case 'noise':
      if (label_hashes.length === 0) problem('/label_hashes', 'required', 'must name at least one label hash');
      if (label_hashes.length > MOST_HASHES) {
        problem('/label_hashes', 'too_many', `takes at most ${MOST_HASHES} label hashes`);
      }
      for (const [index, hash] of label_hashes.entries()) {
        if (/^[0-9a-f]{64}$/.test(hash)) continue;
        problem(pointerTo('label_hashes', index), 'bad_hash', 'must be a label hash: 64 hexadecimal digits');
      }
      return;
  }
}

function checkCap({ cap }: SuppressionDefinition, problem: Report): void {
  if (!cap) {
    problem('/cap', 'required', 'must say how many alerts are let through in which window');
    return;
  }
  if (!Number.isInteger(cap.alerts) || cap.alerts < 1 || cap.alerts > MOST_ALERTS) {
    problem('/cap/alerts', 'out_of_range', `must be a whole number from 1 to ${MOST_ALERTS}`);
  }
  const window = parseDuration(cap.window);
  if (window === null || window < SHORTEST_CAP_MS || window > LONGEST_CAP_MS) {
    problem('/cap/window', 'bad_duration', 'must be a duration from 1s to 7d, such as 1h');
  }
  checkLabels(cap.per, '/cap/per', problem);
}

function checkLabels(names: readonly string[], pointer: string, problem: Report): void {
  if (names.length > MOST_LABELS) problem(pointer, 'too_many', `takes at most ${MOST_LABELS} labels`);
  if (names.some((name) => name === '')) problem(pointer, 'bad_label', 'names of labels must not be empty');
  if (new Set(names).size < names.length) problem(pointer, 'duplicate_label', 'names a label twice');
}

function isGiven(value: SuppressionDefinition[SpecialField]): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
