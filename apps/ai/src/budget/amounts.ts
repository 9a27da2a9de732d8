/** What a call takes, or may take. */
export interface Amounts {
  tokens: number;
  /** Millionths of the currency that prices are in: whole numbers add up exactly. */
  costMicros: number;
  ms: number;
}

/** The most there may be; 0 is no limit. */
export type Limits = Amounts;

/** Price of 1,000 tokens. */
export interface Price {
  input: number;
  output: number;
}

export const MICROS = 1_000_000;

export const costMicros = ({ input, output }: Price, inputTokens: number, outputTokens: number): number =>
  Math.round(((input * inputTokens + output * outputTokens) / 1_000) * MICROS);

/** Set aside for a call whose price is known only after it: enough that none is made once the limit is reached. */
export const UNKNOWN_COST = 1;

/** About a token per three bytes: more than English takes, so that an estimate is rather too high. */
export const estimatedTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 3);

export interface Spending {
  limits: Limits;
  /** What is spent or set aside. */
  used: Amounts;
  /** What the next call may take. */
  wanted: Amounts;
  /** Share of the limits that is kept for others. */
  keptShare?: number;
}

/** Why a call may not be made, which is so as soon as it could lead beyond a limit; null when there is room for it. */
export function overspent({ limits, used, wanted, keptShare = 0 }: Spending): string | null {
  for (const [unit, show] of UNITS) {
    const limit = limits[unit];
    const kept = limit * keptShare;
    if (limit === 0 || wanted[unit] === 0 || used[unit] + wanted[unit] <= limit - kept) continue;
    const keptText = kept > 0 ? `, ${show(kept)} of it kept for P1` : '';
    return `${show(used[unit])} of ${show(limit)} used or set aside${keptText}, the call may take ${show(wanted[unit])}`;
  }
  return null;
}

const UNITS: readonly (readonly [keyof Amounts, (value: number) => string])[] = [
  ['tokens', (value) => `${Math.round(value)} tokens`],
  ['costMicros', (value) => `cost ${Math.round(value / 100) / 10_000}`],
  ['ms', (value) => `${Math.round(value / 100) / 10} s`],
];
