import { normaliseAlert, type NormalisedAlert } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxQueue } from '../intake/inbox-queue';
import { INBOX_PENDING } from '../intake/inbox-state';
import { PipelineBell } from '../intake/pipeline-bell';
import { Writes } from '../pipeline/bulk-write';
import { PolicyStore } from '../policies/policy-store';
import { compareFiring, type RecordedAlert } from './compare-firing';
import type { FiringSet, SetAlert } from './firing-set';
import { knownEpisodes, noteEnded } from './known-episodes';
import { ObservedSince } from './observed-since';
import { onlyToldByAlertmanager } from './told-by-alertmanager';

/** What a comparison came to. */
export interface Reconciliation {
  /** Alerts that fire at the source, and in the records. */
  firing: number;
  recorded: number;
  /** Alerts opened because their notification never came. */
  lost: number;
  /** Alerts closed because their end never came. */
  orphans: number;
  /** Alerts that fire at the source and have been recorded as ended for a while: a later start is needed to open them again. */
  ended: number;
  /** Webhooks of the cluster wait to be processed: ends are not concluded before they are. */
  busy: boolean;
}

interface RecordedRow extends RecordedAlert {
  id: string;
  labels: string;
  annotations: string;
  starts_at: string;
}

/** Alerts in one of our own webhooks. */
const ALERTS_PER_WEBHOOK = 500;
/** How far the time of the last report is behind, at most. */
const SEEN_EVERY_MS = 60_000;

/** Heals what got lost between a source and the records: events made here go through the inbox like any others. */
@Injectable()
export class Reconciler {
  private readonly settlingMs: number;
  private readonly observed: ObservedSince;

  constructor(
    private readonly dataSource: DataSource,
    { gateway }: AlertAgentConfig,
    private readonly clock: Clock,
    private readonly policies: PolicyStore,
    private readonly inbox: InboxQueue,
    private readonly bell: PipelineBell,
  ) {
    this.settlingMs = gateway.reconciliation.settling;
    this.observed = new ObservedSince(this.settlingMs);
  }

  /** Compares a cluster's firing set with the records. Errors: ServiceError `invalid` with a pointer to the alert. */
  async reconcile(clusterId: string, set: FiringSet): Promise<Reconciliation> {
    const since = this.observed.note(clusterId, set.taken_at);
    const result = await inTransaction(this.dataSource, (tx) => this.reconcileIn(tx, clusterId, set, since));
    if (result.lost + result.orphans > 0) this.bell.ring();
    return result;
  }

  private async reconcileIn(
    tx: EntityManager,
    clusterId: string,
    { alerts, taken_at }: FiringSet,
    observed_since: number,
  ): Promise<Reconciliation> {
    const { ignore_labels } = await this.policies.current(tx);
    const source = alerts.map((alert, index) => {
      const { label_hash, episode_key, starts_at_ms } = normalised(alert, index, clusterId, ignore_labels);
      return { label_hash, episode_key, starts_at_ms, is_quiet: alert.is_quiet, alert };
    });
    const recorded = await firingOf(tx, clusterId);
    const busy = await hasPending(tx, clusterId);
    const observation = { taken_at, observed_since, settling_ms: this.settlingMs };
    const { lost, orphans: missed } = compareFiring(recorded, source, observation);
    const orphans = busy ? [] : await onlyToldByAlertmanager(tx, missed);
    const lostKeys = lost.map(({ episode_key }) => episode_key);
    const { keys, ended } = await knownEpisodes(tx, lostKeys, taken_at - this.settlingMs);
    const opened = lost.filter(({ episode_key }) => !keys.has(episode_key));
    const events = [
      ...opened.map(({ alert }) => lostEvent(alert)),
      ...orphans.map((row) => orphanEvent(row, taken_at)),
    ];
    await this.enqueue(tx, clusterId, events);
    await markSeen(tx, recorded, new Set(source.map(({ label_hash }) => label_hash)), taken_at);
    await noteEnded(tx, clusterId, ended, this.clock.now().getTime());
    return {
      firing: alerts.length,
      recorded: recorded.length,
      lost: opened.length,
      orphans: orphans.length,
      ended: ended.length,
      busy,
    };
  }

  private async enqueue(tx: EntityManager, cluster_id: string, events: readonly unknown[]): Promise<void> {
    for (let start = 0; start < events.length; start += ALERTS_PER_WEBHOOK) {
      const alerts = events.slice(start, start + ALERTS_PER_WEBHOOK);
      await this.inbox.enqueue(tx, {
        id: newId(),
        cluster_id,
        received_at: this.clock.now().getTime(),
        alert_count: alerts.length,
        good_count: alerts.length,
        body: JSON.stringify({ version: '4', alerts }),
        format: 'reconciliation',
      });
    }
  }
}

/** What was cut to size cannot be told from its labels any more; it ends by its own notification. */
async function firingOf(tx: EntityManager, clusterId: string): Promise<RecordedRow[]> {
  const rows: (Omit<RecordedRow, 'received_at' | 'last_seen_at'> & { received_at: unknown; last_seen_at: unknown })[] =
    await tx.query(
      "SELECT id, label_hash, labels, annotations, starts_at, received_at, last_seen_at FROM alerts WHERE cluster_id = ? AND status = 'firing' AND truncated = 0",
      [clusterId],
    );
  return rows.map((row) => ({
    ...row,
    received_at: Number(row.received_at),
    last_seen_at: row.last_seen_at === null ? null : Number(row.last_seen_at),
  }));
}

async function markSeen(
  tx: EntityManager,
  recorded: readonly RecordedRow[],
  firing: ReadonlySet<string>,
  at: number,
): Promise<void> {
  const seen = recorded.filter(
    ({ label_hash, received_at, last_seen_at }) =>
      firing.has(label_hash) && (last_seen_at === null || at - Math.max(received_at, last_seen_at) >= SEEN_EVERY_MS),
  );
  const writes = new Writes(tx);
  await writes.update(
    'alerts',
    seen.map(({ id }) => ({ id, last_seen_at: at })),
  );
  await writes.settle();
}

async function hasPending(tx: EntityManager, clusterId: string): Promise<boolean> {
  const rows: unknown[] = await tx.query('SELECT id FROM alert_inbox WHERE cluster_id = ? AND state = ? LIMIT 1', [
    clusterId,
    INBOX_PENDING,
  ]);
  return rows.length > 0;
}

function normalised(alert: SetAlert, index: number, clusterId: string, ignored: ReadonlySet<string>): NormalisedAlert {
  try {
    return normaliseAlert({ ...alert, status: 'firing' }, clusterId, ignored);
  } catch {
    const detail = 'this alert cannot be read, so what fires is not known; nothing was compared';
    throw new ServiceError('invalid', detail, {
      errors: [{ pointer: `/alerts/${index}`, code: 'bad_alert', detail }],
    });
  }
}

const lostEvent = ({ labels, annotations, startsAt, generatorURL, fingerprint }: SetAlert): unknown => ({
  status: 'firing',
  labels,
  annotations,
  startsAt,
  generatorURL,
  fingerprint,
});

const orphanEvent = ({ labels, annotations, starts_at }: RecordedRow, taken_at: number): unknown => ({
  status: 'resolved',
  labels: JSON.parse(labels) as unknown,
  annotations: JSON.parse(annotations) as unknown,
  startsAt: starts_at,
  endsAt: new Date(taken_at).toISOString(),
});
