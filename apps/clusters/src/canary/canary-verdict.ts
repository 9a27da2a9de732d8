import type { AlertPathState, CanaryHop } from '@alertagent/contracts';
import type { StoredSighting } from './stored-sighting';

/** A canary not seen for this long, in milliseconds, is missing: on its route it is repeated every 60 to 90 s. */
export const MISSING_AFTER_MS = 180_000;
/** So long after it was first evaluated nothing is said: it has to get into Alertmanager and out again. */
const SETTLING_MS = 180_000;
/** A Prometheus whose canary was not seen for this long, in milliseconds, is gone, not broken. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** What is known about a cluster's canary. */
export interface CanaryEvidence {
  sightings: readonly Pick<StoredSighting, 'place' | 'instance' | 'firstAt' | 'heardAt'>[];
  /** Whether a sidecar beside an Alertmanager says that it is well; null without one. */
  isAlertmanagerWell: boolean | null;
  /** How often sidecars report. */
  syncIntervalMs: number;
  /** Since when news can arrive here: what was not heard before is not missing. */
  listeningSince: Date;
}

/** A part of the way that the canary of one Prometheus, or of all, does not get over. */
export interface BrokenHop {
  hop: CanaryHop;
  /** External URL of the Prometheus; empty for all. */
  instance: string;
  since: Date;
  reason: string;
}

export interface CanaryVerdict {
  status: Exclude<AlertPathState, 'off'>;
  broken: BrokenHop[];
}

/**
 * Whether the canary arrives, and if not, where it was seen last. What arrives counts first: a way that works is not called broken because a
 * sidecar beside it is silent.
 */
export function canaryVerdict(
  { sightings, isAlertmanagerWell, syncIntervalMs, listeningSince }: CanaryEvidence,
  now: Date,
): CanaryVerdict {
  const at = (place: StoredSighting['place']) => sightings.filter((sighting) => sighting.place === place);
  const isFresh = ({ heardAt }: Pick<StoredSighting, 'heardAt'>, missingAfterMs = MISSING_AFTER_MS): boolean =>
    now.getTime() - Math.max(heardAt.getTime(), listeningSince.getTime()) <= missingAfterMs;
  const reportedAfterMs = Math.max(MISSING_AFTER_MS, 3 * syncIntervalMs);
  const [evaluated, inAlertmanager, arrived] = [at('prometheus'), at('alertmanager'), at('gateway')];
  const begin = Math.min(...evaluated.map(({ firstAt }) => firstAt.getTime()));
  if (evaluated.length === 0) return { status: 'unknown', broken: [] };
  const arriving = arrived.filter((sighting) => isFresh(sighting));
  const evaluating = evaluated.filter((sighting) => isFresh(sighting, reportedAfterMs));
  const isSettling = now.getTime() - begin < SETTLING_MS;
  if (isSettling) return { status: arriving.length > 0 ? 'ok' : 'unknown', broken: [] };

  const lastHop = (instance: string): CanaryHop => {
    if (evaluating.length === 0) return 'prometheus';
    const seen = inAlertmanager.filter((sighting) => instance === '' || sighting.instance === instance);
    if (seen.some((sighting) => isFresh(sighting, reportedAfterMs))) return 'alertmanager_to_gateway';
    if (isAlertmanagerWell === false) return 'alertmanager';
    return isAlertmanagerWell && inAlertmanager.length > 0 ? 'prometheus_to_alertmanager' : 'after_prometheus';
  };
  const broken = (instance: string, since: Date): BrokenHop => {
    const hop = lastHop(instance);
    const from = instance === '' ? '' : ` of ${instance}`;
    return {
      hop,
      instance,
      since,
      reason: `the canary${from} has not arrived since ${since.toISOString()}; ${WHERE[hop]}`,
    };
  };
  if (arriving.length === 0) {
    const since = latest(arrived) ?? new Date(begin);
    return { status: 'broken', broken: [broken('', since)] };
  }
  // More Prometheuses evaluate than arrive: those that used to arrive and do not any more are cut off.
  const missing = arrived
    .filter((sighting) => !isFresh(sighting) && isFresh(sighting, FORGOTTEN_AFTER_MS))
    .sort((a, b) => b.heardAt.getTime() - a.heardAt.getTime())
    .slice(0, Math.max(0, evaluating.length - arriving.length));
  const cutOff = missing.map(({ instance, heardAt }) => broken(instance, heardAt));
  return { status: cutOff.length > 0 ? 'broken' : 'ok', broken: cutOff };
}

const WHERE: Record<CanaryHop, string> = {
  prometheus: 'no Prometheus of the cluster shows that it evaluates it',
  prometheus_to_alertmanager: 'Prometheus evaluates it, and it does not fire at Alertmanager',
  alertmanager: 'Prometheus evaluates it, and no Alertmanager of the cluster is well',
  alertmanager_to_gateway: 'it fires at Alertmanager, whose webhook does not get here',
  after_prometheus: 'Prometheus evaluates it; a sidecar beside Alertmanager would tell more',
};

function latest(sightings: CanaryEvidence['sightings']): Date | null {
  const times = sightings.map(({ heardAt }) => heardAt.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times));
}
