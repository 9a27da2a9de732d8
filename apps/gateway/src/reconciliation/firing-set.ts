import { ServiceError } from '@alertagent/contracts';

/** An alert of a source's firing set, in the form of Alertmanager's `GET /api/v2/alerts`. */
export interface SetAlert {
  labels: Record<string, unknown>;
  annotations: Record<string, unknown>;
  startsAt: string;
  generatorURL: string | null;
  fingerprint: string | null;
  /** Silenced or inhibited at the source: it fires, but nobody is to be told. */
  is_quiet: boolean;
}

/** Everything that fires at a source at one moment. */
export interface FiringSet {
  /** When the source was asked, epoch milliseconds. */
  taken_at: number;
  alerts: SetAlert[];
}

const MOST_ALERTS = 100_000;
/** Clocks of sidecars may be this much ahead. */
const MOST_AHEAD_MS = 60_000;

/**
 * Reads `{taken_at, alerts}`; `alerts` as Alertmanager lists them. An alert that cannot be read makes the whole set useless, because what
 * is missing counts as ended. Errors: ServiceError `invalid` with a pointer; `too_large`.
 */
export function readFiringSet(body: unknown, now: number): FiringSet {
  if (!isObject(body)) throw invalid('', 'the body must be a JSON object with taken_at and alerts');
  const taken_at = typeof body['taken_at'] === 'string' ? Date.parse(body['taken_at']) : NaN;
  if (Number.isNaN(taken_at)) throw invalid('/taken_at', 'must be the RFC 3339 time at which the source was asked');
  if (taken_at > now + MOST_AHEAD_MS) throw invalid('/taken_at', 'lies in the future; check the clock of the sender');
  const { alerts } = body;
  if (!Array.isArray(alerts)) throw invalid('/alerts', 'must be the list that GET /api/v2/alerts answers with');
  if (alerts.length > MOST_ALERTS)
    throw new ServiceError('too_large', `at most ${MOST_ALERTS} alerts are compared at once`);
  return { taken_at, alerts: alerts.map(readAlert) };
}

function readAlert(alert: unknown, index: number): SetAlert {
  if (!isObject(alert)) throw invalid(`/alerts/${index}`, 'must be an alert');
  const { labels, annotations, startsAt, generatorURL, fingerprint, status } = alert;
  if (!isObject(labels)) throw invalid(`/alerts/${index}/labels`, 'must be an object of strings');
  if (typeof startsAt !== 'string') throw invalid(`/alerts/${index}/startsAt`, 'must be an RFC 3339 time');
  return {
    labels,
    annotations: isObject(annotations) ? annotations : {},
    startsAt,
    generatorURL: typeof generatorURL === 'string' ? generatorURL : null,
    fingerprint: typeof fingerprint === 'string' ? fingerprint : null,
    is_quiet: isObject(status) && status['state'] === 'suppressed',
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(pointer: string, detail: string): ServiceError {
  return new ServiceError('invalid', detail, { errors: [{ pointer, code: 'bad_firing_set', detail }] });
}
