import { SuppressionPreview, type PreviewResult } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { iso } from '../alerts/wire-time';
import { ClusterNames } from '../incidents/cluster-names';
import type { PreviewInput, PreviewView } from './preview.dto';
import { RecentAlerts, type LookBack } from './recent-alerts';
import { readSuppression } from './suppression-input';

const DAY_MS = 24 * 60 * 60_000;
const DAYS = 7;
/** Previews that may wait for the one that runs: alerts have to be taken in meanwhile. */
const MOST_WAITING = 10;

/** Tries suppressions on the alerts of the last days before anybody puts them in force. */
@Injectable()
export class SuppressionTrial {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly alerts: RecentAlerts,
    private readonly clusters: ClusterNames,
    private readonly clock: Clock,
  ) {}

  /** Errors: ServiceError `invalid` with pointers into the body; `unavailable` when too many wait. */
  async run({ definition: input, days = DAYS }: PreviewInput): Promise<PreviewView> {
    const now = this.clock.now().getTime();
    const definition = readSuppression(input, { id: 'preview', starts_at_ms: now }, '/definition');
    const preview = SuppressionPreview.of(definition, now);
    if (Array.isArray(preview)) throw new ServiceError('invalid', 'the definition has problems', { errors: preview });
    const { lookBack, result } = await this.inTurn(async () => {
      const found = await this.alerts.lookBack(now - days * DAY_MS);
      for await (const episode of this.alerts.episodes(found)) preview.add(episode);
      return { lookBack: found, result: preview.finish() };
    });
    const names = await this.clusters.of(result.first.map(({ alert }) => alert.cluster_id));
    return viewOf(lookBack, result, names);
  }

  /** One after the other. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= MOST_WAITING) throw new ServiceError('unavailable', 'too many previews wait; try again later');
    this.waiting += 1;
    const turn = this.last.then(work).finally(() => (this.waiting -= 1));
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

const seconds = (ms: number): number => Math.round(ms / 1000);

function viewOf({ since, complete }: LookBack, result: PreviewResult, names: ReadonlyMap<string, string>): PreviewView {
  const { episodes, hidden, critical, released, hidden_ms, by_severity, by_name, first } = result;
  return {
    since: iso(since),
    alerts: episodes,
    complete,
    hidden,
    critical,
    released,
    hidden_seconds: seconds(hidden_ms),
    by_severity,
    by_name,
    items: first.map(({ id, alert, hidden_ms: ms, released: outlived }) => ({
      id,
      name: alert.name,
      severity: alert.severity,
      cluster_id: alert.cluster_id,
      cluster_name: names.get(alert.cluster_id) ?? alert.cluster_id,
      starts_at: alert.starts_at,
      hidden_seconds: seconds(ms),
      released: outlived,
    })),
  };
}
