/** An alert that fires according to the records. */
export interface RecordedAlert {
  label_hash: string;
  /** When the webhook that first told of it arrived, and when it was last reported; epoch milliseconds. */
  received_at: number;
  last_seen_at: number | null;
}

/** An alert that fires according to the source. */
export interface SourceAlert {
  label_hash: string;
  starts_at_ms: number;
  /** Silenced or inhibited at the source. */
  is_quiet: boolean;
}

/** What the records and the source disagree about. */
export interface Disagreement<R extends RecordedAlert, S extends SourceAlert> {
  /** They fire at the source and not in the records: their notification never came. */
  lost: S[];
  /** They fire in the records and not at the source: their end never came. */
  orphans: R[];
}

/** When the source was asked, and since when it has been asked again and again. */
export interface Observation {
  /** Epoch milliseconds. */
  taken_at: number;
  observed_since: number;
  /** For this long a change may be on its way, and a restarted Alertmanager may not know yet what fires. */
  settling_ms: number;
}

/**
 * Compares what fires in the records with what fires at the source. Left alone is whatever changed a short while ago, because its
 * notification may still be on the way, and whatever nobody has had the time to miss: an alert is an orphan when it was not reported,
 * neither by webhook nor in any set, through a whole settling time of observation.
 */
export function compareFiring<R extends RecordedAlert, S extends SourceAlert>(
  recorded: readonly R[],
  source: readonly S[],
  { taken_at, observed_since, settling_ms }: Observation,
): Disagreement<R, S> {
  const known = new Set(recorded.map(({ label_hash }) => label_hash));
  const firing = new Set(source.map(({ label_hash }) => label_hash));
  const settled = taken_at - settling_ms;
  const lost = new Map<string, S>();
  for (const alert of source) {
    if (known.has(alert.label_hash) || alert.is_quiet || alert.starts_at_ms > settled) continue;
    lost.set(alert.label_hash, alert);
  }
  const isMissed = observed_since <= settled;
  const orphans = recorded.filter(
    ({ label_hash, received_at, last_seen_at }) =>
      isMissed && !firing.has(label_hash) && Math.max(received_at, last_seen_at ?? 0) <= settled,
  );
  return { lost: [...lost.values()], orphans };
}
