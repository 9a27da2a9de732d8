/** What a server says a call took. */
export interface ReportedUsage {
  total: number;
  /** Null when only the sum is reported. */
  input: number | null;
  output: number | null;
  /** Null when no price is reported. */
  cost: number | null;
}

/** More than any call can take: figures beyond it are a mistake of the server. */
const MOST_TOKENS = 100_000_000;
const MOST_COST = 1_000_000;

/** Reads OpenAI's `usage` and Dify's `metadata.usage` and `total_tokens`; null when there is no figure that can be believed. */
export function reportedUsage(value: unknown): ReportedUsage | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Record<string, unknown>;
  const input = count(fields['prompt_tokens']);
  const output = count(fields['completion_tokens']);
  const total = input !== null && output !== null ? input + output : count(fields['total_tokens']);
  // Nothing at all is what servers say that do not count.
  if (total === null || total === 0) return null;
  return {
    total,
    ...(input !== null && output !== null ? { input, output } : { input: null, output: null }),
    cost: costOf(fields['total_price']),
  };
}

const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : null;

/** Dify writes prices as text. */
function costOf(value: unknown): number | null {
  const cost = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof cost === 'number' && cost >= 0 && cost <= MOST_COST ? cost : null;
}
