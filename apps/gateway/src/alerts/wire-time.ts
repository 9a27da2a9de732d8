/** Epoch milliseconds as the wire shows them. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** The same for a time that may be absent. */
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
