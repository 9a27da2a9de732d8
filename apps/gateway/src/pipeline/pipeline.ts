import { WorkingSet } from '@alertagent/alerting';
import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxQueue } from '../intake/inbox-queue';
import { PolicyStore } from '../policies/policy-store';
import type { AlertEvent, Batch } from './batch';
import { BatchOrder, Place } from './batch-order';
import { Writes } from './bulk-write';
import { clusterNames } from './cluster-names-of-batch';
import { loadBatch } from './load-batch';
import { normalise } from './normalise';
import { PipelineMetrics } from './pipeline.metrics';
import { BatchPublisher } from './publish';
import { record } from './record';

/** Alerts in one transaction. Larger is not faster, and delays the first incident of a storm. */
export const MAX_ALERTS = 500;
/** Events decided on in a row before other work of the process gets its turn. */
const EVENTS_PER_BREATH = 100;

/** How much one transaction took. */
export interface Processed {
  webhooks: number;
  alerts: number;
}

/** From the inbox to incidents: normalise → decide on each event → record → publish, one transaction for a batch. */
@Injectable()
export class Pipeline {
  private readonly order = new BatchOrder();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly inbox: InboxQueue,
    private readonly policies: PolicyStore,
    private readonly publisher: BatchPublisher,
    private readonly metrics: PipelineMetrics,
  ) {}

  /**
   * Processes the oldest waiting webhooks in one transaction, or only the one named. Returns how much there was.
   * Errors: whatever failed, OvertakingError if it was another loop's batch; then nothing has happened and the webhooks wait as before.
   */
  async processNext(only?: string): Promise<Processed> {
    const started = performance.now();
    let place = new Place();
    const attempt = (tx: EntityManager): Promise<Batch | null> => {
      // A repeated attempt takes its rows again, and a place behind whoever came in between.
      place.end(false);
      place = new Place();
      return this.processIn(tx, place, only);
    };
    const batch = await inTransaction(this.dataSource, attempt, { deadlineMs: 30_000 }).catch((error: unknown) => {
      place.end(false);
      throw error;
    });
    place.end(true);
    if (batch === null) return { webhooks: 0, alerts: 0 };
    this.metrics.processed(batch, (performance.now() - started) / 1000, this.clock.now().getTime());
    return {
      webhooks: batch.webhooks.length,
      alerts: batch.events.length + batch.refused.length + batch.heartbeats.length,
    };
  }

  private async processIn(tx: EntityManager, place: Place, only?: string): Promise<Batch | null> {
    const webhooks = await this.order.take(place, () => this.inbox.claim(tx, MAX_ALERTS, only));
    if (webhooks.length === 0) return null;
    // Only one batch at a time may write it.
    if (!this.policies.isSettled) await place.reached();
    const policy = await this.policies.current(tx);
    const arrivals = await normalise(webhooks, policy);
    // Read while another loop waits for the database, but decided on after it: two at once would wait for the same incidents.
    await place.reached();
    const batch: Batch = { ...arrivals, set: new WorkingSet<AlertEvent>(policy, newId) };
    const now = this.clock.now().getTime();
    await loadBatch(tx, batch, now);
    const [names] = await Promise.all([clusterNames(tx, batch), decideAll(batch)]);
    await this.write(tx, batch, now, names);
    return batch;
  }

  /** Everything is sent before anything is waited for: the database executes one statement while the next ones are composed. */
  private async write(tx: EntityManager, batch: Batch, now: number, names: ReadonlyMap<string, string>): Promise<void> {
    const writes = new Writes(tx);
    try {
      await record(writes, batch, now);
      writes.follow(this.publisher.publish(tx, batch, names));
      writes.follow(this.inbox.finish(tx, batch.webhooks));
    } finally {
      await writes.settle();
    }
  }
}

async function decideAll({ events, set }: Batch): Promise<void> {
  for (const [index, event] of events.entries()) {
    if (index % EVENTS_PER_BREATH === EVENTS_PER_BREATH - 1) await new Promise(setImmediate);
    const { situation, verdict } = set.process(event);
    const { episode_key, label_hash } = event.alert;
    event.decided = {
      situation,
      verdict,
      episode: set.episodes.get(episode_key) ?? set.newest.get(label_hash) ?? null,
    };
  }
}
