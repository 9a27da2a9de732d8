/** What may be said about the numbers at a place. */
export const CLAIM_STATISTICS = ['max', 'min', 'mean', 'first', 'last', 'count'] as const;
export type ClaimStatistic = (typeof CLAIM_STATISTICS)[number];
export const CLAIM_OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'contains'] as const;
export type ClaimOperator = (typeof CLAIM_OPERATORS)[number];

/** A part of a claim that a program can check. */
export interface ClaimCheck {
  /** Id of a cited evidence item. */
  evidence: string;
  /** JSON pointer into its value; the whole value unless told. */
  path: string;
  /** Of the numbers found there; null compares the value itself. */
  statistic: ClaimStatistic | null;
  op: ClaimOperator;
  value: number | string | boolean;
}

/** Something that an analyst states, and what it is based on. */
export interface Claim {
  text: string;
  /** Ids of evidence items. */
  evidence: string[];
  checks: ClaimCheck[];
}

const MOST_CLAIMS = 20;
const MOST_PARTS = 10;
const LONGEST_TEXT = 1_000;
const LONGEST_PATH = 200;

/** The claims in what a model answered. Everything is untrusted: lengths are bounded, and what is no claim is left out. */
export function claimsFrom(value: unknown): Claim[] {
  return list(value, MOST_CLAIMS).flatMap((item) => {
    if (!isRecord(item) || typeof item['text'] !== 'string' || item['text'].trim() === '') return [];
    return [
      {
        text: item['text'].trim().slice(0, LONGEST_TEXT).toWellFormed(),
        evidence: list(item['evidence'], MOST_PARTS).flatMap((id) => (typeof id === 'string' ? [id.slice(0, 50)] : [])),
        checks: list(item['checks'], MOST_PARTS).flatMap(checkFrom),
      },
    ];
  });
}

/** A check that cannot be understood becomes one that never holds: a claim gains nothing by writing nonsense. */
function checkFrom(value: unknown): ClaimCheck[] {
  if (!isRecord(value)) return [NEVER];
  const { evidence, path = '', op } = value;
  // Forms in which every field has one type cannot say "none", nor a number where a text may stand.
  const statistic = value['statistic'] === 'none' ? null : (value['statistic'] ?? null);
  const expected = isMeasure(statistic, op, value['value']) ? Number(value['value']) : value['value'];
  const isUsable =
    typeof evidence === 'string' &&
    typeof path === 'string' &&
    path.length <= LONGEST_PATH &&
    (statistic === null || CLAIM_STATISTICS.includes(statistic as ClaimStatistic)) &&
    CLAIM_OPERATORS.includes(op as ClaimOperator) &&
    (typeof expected === 'string' || typeof expected === 'boolean' || Number.isFinite(expected));
  if (!isUsable) return [NEVER];
  return [
    {
      evidence,
      path,
      statistic: statistic as ClaimStatistic | null,
      op: op as ClaimOperator,
      value: expected as ClaimCheck['value'],
    },
  ];
}

/** Whether a text can only be meant as a number. */
const isMeasure = (statistic: unknown, op: unknown, value: unknown): boolean =>
  typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) && (statistic !== null || /^[<>]=?$/.test(String(op)));

const NEVER: ClaimCheck = { evidence: '', path: '', statistic: null, op: '==', value: '' };

const list = (value: unknown, most: number): unknown[] => (Array.isArray(value) ? value.slice(0, most) : []);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
