import type { Claim, ClaimCheck, ClaimStatistic } from './claim';
import { evidenceHash, type EvidenceItem } from './evidence-item';
import { isTextIn, statedFacts } from './stated-facts';

/** A claim and what came of checking it. */
export interface CheckedClaim extends Claim {
  isKept: boolean;
  /** Why it was struck out; null for one that is kept. */
  reason: string | null;
}

/** Binary fractions are not decimal ones. */
const RELATIVE_ERROR = 1e-9;

/**
 * Holds each claim against what it cites. It is struck out when it cites nothing or something unknown, when what it cites came out
 * differently the second time, when a check of its own fails, when its text states a number, time, name or quotation that is not in what it
 * cites, and when there is nothing in it to check: a claim that nobody can check is no receipt.
 *
 * @param items what was looked up before the analyst was asked
 * @param again hashes of the same items looked up once more; null for one that could not be
 */
export function checkClaims(
  claims: readonly Claim[],
  items: readonly EvidenceItem[],
  again: ReadonlyMap<string, string | null>,
): CheckedClaim[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return claims.map((claim) => {
    const reason = faultOf(claim, byId, again);
    return { ...claim, isKept: reason === null, reason };
  });
}

function faultOf(
  { text, evidence, checks }: Claim,
  items: ReadonlyMap<string, EvidenceItem>,
  again: ReadonlyMap<string, string | null>,
): string | null {
  if (evidence.length === 0) return 'it cites no evidence';
  for (const id of evidence) {
    const item = items.get(id);
    if (!item) return `there is no evidence ${id}`;
    const hash = again.get(id) ?? null;
    if (hash === null) return `the evidence ${id} could not be looked up again`;
    if (hash !== evidenceHash(item.value)) return `the evidence ${id} came out differently the second time`;
  }
  for (const check of checks) {
    if (!evidence.includes(check.evidence))
      return 'one of its checks is about something it does not cite, or is no check';
    const fault = faultOfCheck(check, items.get(check.evidence)!.value);
    if (fault !== null) return fault;
  }
  const facts = statedFacts(text);
  const cited = evidence.map((id) => items.get(id)!.value);
  const unfounded = facts.find((fact) => !cited.some((value) => fact.isIn(value)));
  if (unfounded) return `"${unfounded.text}" is not in what it cites`;
  if (facts.length === 0 && checks.length === 0) return 'nothing in it can be checked';
  return null;
}

function faultOfCheck({ path, statistic, op, value: expected }: ClaimCheck, value: unknown): string | null {
  const found = at(value, path);
  if (found === undefined) return `there is nothing at ${path || 'the top'} of what it cites`;
  const actual = statistic === null ? found : statisticOf(numbersIn(found), statistic);
  if (actual === null) return `there are no numbers at ${path || 'the top'} of what it cites`;
  return holds(actual, op, expected)
    ? null
    : `${statistic ?? 'the value'} is ${shown(actual)}, not ${op} ${shown(expected)}`;
}

/** What a JSON pointer leads to. */
function at(value: unknown, pointer: string): unknown {
  if (pointer === '') return value;
  let here = value;
  for (const part of pointer.replace(/^\//, '').split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

/** The numbers in a value in their order; samples as Prometheus writes them, `[time, "value"]`, count by their value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [value] : [];
  if (typeof value === 'string') return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) ? [Number(value)] : [];
  if (Array.isArray(value)) {
    const isSample = value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'string';
    return isSample ? numbersIn(value[1]) : value.flatMap(numbersIn);
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

function statisticOf(numbers: readonly number[], statistic: ClaimStatistic): number | null {
  if (statistic === 'count') return numbers.length;
  if (numbers.length === 0) return null;
  switch (statistic) {
    case 'max':
      return numbers.reduce((a, b) => Math.max(a, b));
    case 'min':
      return numbers.reduce((a, b) => Math.min(a, b));
    case 'mean':
      return numbers.reduce((a, b) => a + b, 0) / numbers.length;
    case 'first':
      return numbers[0]!;
    case 'last':
      return numbers.at(-1)!;
  }
}

function holds(actual: unknown, op: ClaimCheck['op'], expected: ClaimCheck['value']): boolean {
  // Everything contains nothing: a check that cannot fail checks nothing.
  if (op === 'contains') return String(expected).trim() !== '' && isTextIn(String(expected), actual);
  if (typeof expected !== 'number') {
    const isSame = actual === expected || (typeof actual === 'object' && JSON.stringify(actual) === expected);
    return op === '==' ? isSame : op === '!=' ? !isSame : false;
  }
  const [number] = numbersIn(actual);
  if (number === undefined) return false;
  const isSame = Math.abs(number - expected) <= Math.max(Math.abs(number), Math.abs(expected)) * RELATIVE_ERROR;
  switch (op) {
    case '==':
      return isSame;
    case '!=':
      return !isSame;
    case '<':
      return number < expected && !isSame;
    case '<=':
      return number < expected || isSame;
    case '>':
      return number > expected && !isSame;
    case '>=':
      return number > expected || isSame;
  }
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 100) ?? String(value);
