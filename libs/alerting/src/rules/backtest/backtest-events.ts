import type { PipelineEvent } from '../../pipeline/facts';
import { normaliseAlert } from '../../webhook/normalised-alert';
import type { FiredAlert } from './firings';

/** Who would have sent the alerts. */
export interface BacktestSender {
  clusterId: string;
  /** Labels that the source adds to what it sends; the alert's own come first. */
  externalLabels: Readonly<Record<string, string>>;
  /** Labels that are no part of an alert's identity, by the policy. */
  ignoreLabels: ReadonlySet<string>;
}

/**
 * The alert events that firings would have become at the gateway, in the order of time: one when an alert begins to fire and one when it
 * ends. Alertmanager is taken to pass each on at once: its grouping delays news, and can only make them fewer.
 */
export function* backtestEvents(alerts: readonly FiredAlert[], sender: BacktestSender): Generator<PipelineEvent> {
  const moments = alerts.flatMap((alert) =>
    alert.firings.flatMap((firing) => [
      { at: firing.fired_at, alert, firing, isEnd: false },
      ...(firing.ended_at === null ? [] : [{ at: firing.ended_at, alert, firing, isEnd: true }]),
    ]),
  );
  // What ends comes before what begins at the same moment, as an alert may do both under two label sets.
  moments.sort((a, b) => a.at - b.at || Number(b.isEnd) - Number(a.isEnd));
  for (const { at, alert, firing, isEnd } of moments) {
    const wire = {
      status: isEnd ? 'resolved' : 'firing',
      labels: { ...sender.externalLabels, ...alert.labels },
      annotations: alert.annotations,
      startsAt: new Date(firing.fired_at).toISOString(),
      ...(isEnd ? { endsAt: new Date(at).toISOString() } : {}),
    };
    yield { alert: normaliseAlert(wire, sender.clusterId, sender.ignoreLabels), at };
  }
}
