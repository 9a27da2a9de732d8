import type { CompiledPolicy, EpisodeFacts, MarkerFact } from '@alertagent/alerting';
import { Clock, inTransaction, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxQueue } from '../intake/inbox-queue';
import { PipelineBell } from '../intake/pipeline-bell';
import { selectIn } from '../pipeline/bulk-write';
import { HiddenAlerts, type HiddenAlert } from './hidden-alerts';
import { releaseWebhooks, repeated } from './release-webhooks';

const CHUNK = 500;
/** Hidden alerts looked at in one sweep. */
const MOST_LOOKED_AT = 5_000;
/** Suppressions looked at in one sweep. */
const MOST_SUPPRESSIONS = 500;
/** With more webhooks waiting the pipeline has enough to do; what is hidden can wait. */
const MOST_WAITING = 1_000;
/** News that came late is judged by when the alert started: its end may be on its way as well. */
const GRACE_MS = 30_000;
/** For how long the pipeline may take before an alert is sent through it again. */
const REPEAT_AFTER_MS = 120_000;

/** What a sweep did. */
export interface ReleaseCounts {
  /** Sent through the pipeline again. */
  released: number;
  /** To be released as well, but only their sender can repeat them. */
  left: number;
}

interface Known {
  markers: ReadonlyMap<string, MarkerFact[]>;
  caps: Map<string, number>;
}

/**
 * Finds hidden alerts that nothing hides any more and sends them through the pipeline again, as events of their own in the ledger.
 * Their senders may repeat them only hours later. The pipeline decides: what two gateways send twice is a duplicate for it.
 */
@Injectable()
export class Releases {
  /** Where the next sweep goes on, by suppression. */
  private readonly cursors = new Map<string, string>();
  private lastSuppression = '';
  /** When alerts were released that the pipeline may still have to process. */
  private readonly sent = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly hidden: HiddenAlerts,
    private readonly inbox: InboxQueue,
    private readonly bell: PipelineBell,
    private readonly clock: Clock,
  ) {}

  /** One sweep. Errors: ServiceError `unavailable`. */
  async sweep(policy: CompiledPolicy): Promise<ReleaseCounts> {
    const counts: ReleaseCounts = { released: 0, left: 0 };
    if ((await this.inbox.waiting()) > MOST_WAITING) return counts;
    const now = this.clock.now().getTime();
    for (const [id, at] of this.sent) if (now - at >= REPEAT_AFTER_MS) this.sent.delete(id);
    let left = MOST_LOOKED_AT;
    let ids = await this.nextSuppressions();
    while (ids.length > 0 && left > 0) {
      const unfinished: string[] = [];
      for (const id of ids) {
        if (left <= 0) break;
        const alerts = await this.hidden.firing(id, this.cursors.get(id) ?? '', Math.min(CHUNK, left));
        left -= alerts.length;
        if (alerts.length < CHUNK) this.cursors.delete(id);
        else {
          this.cursors.set(id, alerts.at(-1)!.id);
          unfinished.push(id);
        }
        await this.releaseFrom(policy, alerts, now, counts);
      }
      ids = unfinished;
    }
    if (counts.released > 0) this.bell.ring();
    return counts;
  }

  private async nextSuppressions(): Promise<string[]> {
    const ids = await this.hidden.suppressions(this.lastSuppression, MOST_SUPPRESSIONS);
    this.lastSuppression = ids.length < MOST_SUPPRESSIONS ? '' : ids.at(-1)!;
    return ids;
  }

  private async releaseFrom(
    policy: CompiledPolicy,
    alerts: readonly HiddenAlert[],
    now: number,
    counts: ReleaseCounts,
  ): Promise<void> {
    const due = alerts.filter(({ id, received_at }) => now - received_at >= GRACE_MS && !this.sent.has(id));
    if (due.length === 0) return;
    const known = await this.know(policy, due, now);
    const free = due.filter((one) => !isHidden(policy, one, known, now));
    const released = free.flatMap((hidden) => {
      const wire = repeated(hidden, policy.ignore_labels);
      return wire ? { hidden, wire } : [];
    });
    counts.left += free.length - released.length;
    for (const webhook of releaseWebhooks(released, now)) {
      try {
        await inTransaction(this.dataSource, (tx) => this.inbox.enqueue(tx, webhook));
        counts.released += webhook.alert_count;
      } catch (error) {
        // Another gateway has found the same alerts and was faster.
        if (!isUniqueViolation(error)) throw error;
      }
    }
    for (const { hidden } of released) this.sent.set(hidden.id, now);
  }

  private async know({ suppressions }: CompiledPolicy, alerts: readonly HiddenAlert[], now: number): Promise<Known> {
    const { manager } = this.dataSource;
    const markers = new Map<string, MarkerFact[]>();
    const rows = await selectIn<MarkerFact & { marker_key: string }>(
      manager,
      alerts.flatMap(({ alert }) => suppressions.markerKeysFor(alert)),
      (list) => `SELECT marker_key, suppression_id, alert_id FROM alert_markers WHERE marker_key IN (${list})`,
    );
    for (const { marker_key, ...fact } of rows) markers.set(marker_key, [...(markers.get(marker_key) ?? []), fact]);
    const counted = await selectIn<{ cap_key: string; alerts: unknown }>(
      manager,
      alerts.flatMap(({ alert }) => suppressions.capKeysOf(alert, now).map(({ cap_key }) => cap_key)),
      (list) => `SELECT cap_key, alerts FROM rate_cap_counts WHERE cap_key IN (${list})`,
    );
    return { markers, caps: new Map(counted.map(({ cap_key, alerts: count }) => [cap_key, Number(count)])) };
  }
}

/** Whether an alert would go on being hidden; one that would not takes its place in the caps. */
function isHidden(
  { suppressions }: CompiledPolicy,
  { id, alert, suppressed_by }: HiddenAlert,
  { markers, caps }: Known,
  at: number,
): boolean {
  const keys = suppressions.capKeysOf(alert, at).map(({ cap_key }) => cap_key);
  const situation = {
    known: factsOf(id, alert, suppressed_by),
    markers: suppressions
      .markerKeysFor(alert)
      .flatMap((key) => markers.get(key) ?? [])
      .filter(({ alert_id }) => alert_id !== id),
    caps: Object.fromEntries(keys.map((key) => [key, caps.get(key) ?? 0])),
  };
  if (suppressions.judge({ alert, at }, situation)) return true;
  for (const key of keys) caps.set(key, (caps.get(key) ?? 0) + 1);
  return false;
}

function factsOf(id: string, alert: HiddenAlert['alert'], suppressed_by: string): EpisodeFacts {
  const { starts_at_ms, replica } = alert;
  const unchanged = { ends_at_ms: null, incident_id: null, changes: [], flapping: false };
  return { id, status: 'firing', starts_at_ms, suppressed_by, replica, ...unchanged };
}
