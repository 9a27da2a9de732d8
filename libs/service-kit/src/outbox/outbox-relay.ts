import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '@alertagent/contracts';
import type { DataSource } from 'typeorm';
import { silentLog, type KitLog } from '../database/service-database';
import { newId } from '../ids/new-id';
import type { EventPublisher, PublishAck } from './event-publisher';
import type { Outbox } from './outbox';
import { OutboxStore, type OutboxStats } from './outbox-store';
import type { OutboxRow } from './outbox-tables';
import { StreamWatch } from './stream-watch';
import { WakeSignal } from './wake-signal';

/** Told what the relay did, for metrics. */
export interface RelayObserver {
  published?(rows: number): void;
  failed?(rows: number): void;
  /** Rows that wait again because their stream lost them. */
  redriven?(rows: number): void;
}

export interface OutboxRelayOptions {
  dataSource: DataSource;
  /** Owner of the table, e.g. `rules`. */
  service: string;
  publisher: EventPublisher;
  /** Wakes the relay after commits of this process; without it, it only polls. */
  outbox?: Outbox;
  log?: KitLog;
  observer?: RelayObserver;
  /** Milliseconds between looks at the table, for rows other processes added; 500 unless told. */
  pollMs?: number;
  /** Rows published together; 200 unless told. */
  batchSize?: number;
  /** Milliseconds another replica leaves claimed rows alone. Must exceed what one publication may take; 10,000 unless told. */
  leaseMs?: number;
  /** Milliseconds between comparisons of streams and marks; 10,000 unless told. */
  streamCheckMs?: number;
  /** Milliseconds published rows are kept to be published again if their stream is lost; 7 days unless told. */
  retentionMs?: number;
  /** Epoch ms; the machine's clock unless told. */
  now?: () => number;
  /** Name of the point at which the process kills itself, for crash tests; from ALERTAGENT_FAILPOINT. */
  failpoint?: string;
}

const MAX_BACKOFF_MS = 5_000;
/** A row that the bus will never take is looked at now and then: a new version or a larger limit may cure it. */
const UNPUBLISHABLE_RETRY_MS = 300_000;
const DELETE_EVERY_MS = 3_600_000;
const DELETE_BATCH = 1_000;

/** Growing with the attempts, never longer than a healed bus should have to wait, and spread so that replicas do not march in step. */
const backoffMs = (attempts: number): number =>
  Math.min(MAX_BACKOFF_MS, 100 * 2 ** Math.min(attempts, 10)) * (0.5 + Math.random() / 2);

interface Outcome {
  row: OutboxRow;
  ack?: PublishAck;
  error?: unknown;
}

/**
 * Publishes what the outbox holds, in id order and at least once: a row is marked only after the stream has acknowledged it, so
 * a crash in between publishes it again under the same id. Any number of replicas may run; a row is with one of them at a time.
 */
export class OutboxRelay {
  private readonly store: OutboxStore;
  private readonly watch: StreamWatch;
  private readonly signal = new WakeSignal();
  private readonly owner = `${hostname().slice(0, 20)}-${newId()}`;
  private readonly log: KitLog;
  private readonly now: () => number;
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private unsubscribe: (() => void) | undefined;
  private nextCheckAt = 0;
  private nextDeleteAt = 0;
  private failuresInARow = 0;
  /** Whether the last attempt got through. */
  private isFlowing = false;

  constructor(private readonly options: OutboxRelayOptions) {
    this.log = options.log ?? silentLog;
    this.now = options.now ?? Date.now;
    this.store = new OutboxStore(options.dataSource, options.service);
    this.watch = new StreamWatch(this.store, options.publisher, this.log);
  }

  /** Starts relaying; the bus may be down. */
  start(): void {
    if (this.loop) return;
    this.unsubscribe = this.options.outbox?.onCommit(() => this.signal.wake());
    this.loop = this.run();
  }

  /** Finishes the batch in hand and stops. What is left stays in the table. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.unsubscribe?.();
    this.signal.wake();
    await this.loop;
  }

  /** How much waits, for metrics and readiness details. */
  stats(): Promise<OutboxStats> {
    return this.store.stats(new Date(this.now()));
  }

  private async run(): Promise<void> {
    const stopped = this.stopping.signal;
    while (!stopped.aborted) {
      const progress = await this.pass().catch((error: unknown) => this.setBack(error));
      if (progress === 'set_back') {
        await delay(backoffMs(this.failuresInARow), undefined, { signal: stopped }).catch(() => undefined);
      } else {
        this.recovered();
        if (progress === 'idle') await this.signal.sleep(this.options.pollMs ?? 500);
      }
    }
  }

  /** One round: compare the streams when due, publish one batch, delete old rows when due. */
  private async pass(): Promise<'busy' | 'idle'> {
    await this.checkStreamsWhenDue();
    const moved = await this.publishBatch();
    if (moved > 0) return 'busy';
    await this.deleteWhenDue();
    return 'idle';
  }

  private setBack(error: unknown): 'set_back' {
    this.failuresInARow += 1;
    this.isFlowing = false;
    // The bus may come back as another one than it was.
    this.nextCheckAt = 0;
    if (this.failuresInARow === 1) this.log.warn({ err: error }, 'events cannot be published; they wait in the outbox');
    return 'set_back';
  }

  private recovered(): void {
    if (this.failuresInARow > 0) this.log.info({ after_failures: this.failuresInARow }, 'events are published again');
    this.failuresInARow = 0;
  }

  private async checkStreamsWhenDue(): Promise<void> {
    if (this.now() < this.nextCheckAt) return;
    const redriven = await this.watch.check();
    this.nextCheckAt = this.now() + (this.options.streamCheckMs ?? 10_000);
    if (redriven > 0) this.options.observer?.redriven?.(redriven);
  }

  private async publishBatch(): Promise<number> {
    const now = this.now();
    const until = new Date(now + (this.options.leaseMs ?? 10_000));
    const rows = await this.store.claim(this.owner, this.options.batchSize ?? 200, new Date(now), until);
    if (rows.length === 0) return 0;
    const outcomes = await this.publishInOrder(rows);
    this.reachFailpoint('after_publish');
    await this.settle(outcomes);
    return rows.length;
  }

  /**
   * All at once when the bus is known to work; it keeps the order of what one connection sends. After a start or a set-back the
   * first row goes alone: connections and streams may have to be made, which would shuffle the rest, and a bus that is down need
   * not be asked for each row.
   */
  private async publishInOrder(rows: readonly OutboxRow[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const row of this.isFlowing ? [] : rows) {
      const outcome = await this.publish(row);
      outcomes.push(outcome);
      if (outcome.ack) break;
      if (!isUnpublishable(outcome.error)) return rows.map((each) => ({ row: each, error: outcome.error }));
    }
    this.isFlowing = true;
    const rest = rows.slice(outcomes.length);
    return [...outcomes, ...(await Promise.all(rest.map((row) => this.publish(row))))];
  }

  private async publish(row: OutboxRow): Promise<Outcome> {
    try {
      const { id, subject, payload, headers } = row;
      return { row, ack: await this.options.publisher.publish({ id, subject, payload, headers }) };
    } catch (error) {
      return { row, error };
    }
  }

  private async settle(outcomes: readonly Outcome[]): Promise<void> {
    const published = outcomes.flatMap(({ row, ack }) => (ack ? [{ id: row.id, ack }] : []));
    const failed = outcomes.filter(({ ack }) => ack === undefined);
    const redriven = await this.watch.observe(published.map(({ ack }) => ack));
    await this.store.markPublished(published, new Date(this.now()));
    if (redriven > 0) this.options.observer?.redriven?.(redriven);
    if (published.length > 0) this.options.observer?.published?.(published.length);
    if (failed.length > 0) await this.giveBack(failed, published.length > 0);
  }

  /**
   * While others get through, or when the row itself is at fault, a failed row waits on its own account. When nothing gets
   * through the bus is at fault, and the relay waits instead: postponing row by row would only delay the recovery.
   */
  private async giveBack(failed: readonly Outcome[], othersGotThrough: boolean): Promise<void> {
    this.options.observer?.failed?.(failed.length);
    const ownFault = failed.filter(({ error }) => othersGotThrough || isUnpublishable(error));
    for (const { row, error } of ownFault) {
      const attempts = row.attempts + 1;
      this.log.warn(
        { outbox_id: row.id, subject: row.subject, attempts, err: error },
        'event could not be published; trying later',
      );
      const waitMs = isUnpublishable(error) ? UNPUBLISHABLE_RETRY_MS : backoffMs(attempts);
      await this.store.postpone(row.id, attempts, new Date(this.now() + waitMs), reasonOf(error));
    }
    const rest = failed.filter((outcome) => !ownFault.includes(outcome));
    if (rest.length === 0) return;
    await this.store.release(
      this.owner,
      rest.map(({ row }) => row.id),
    );
    throw rest[0]?.error;
  }

  private async deleteWhenDue(): Promise<void> {
    if (this.now() < this.nextDeleteAt) return;
    const before = new Date(this.now() - (this.options.retentionMs ?? 7 * 24 * 3_600_000));
    const deleted = await this.store.deletePublished(before, DELETE_BATCH);
    if (deleted < DELETE_BATCH) this.nextDeleteAt = this.now() + DELETE_EVERY_MS;
  }

  private reachFailpoint(name: string): void {
    if ((this.options.failpoint ?? process.env['ALERTAGENT_FAILPOINT']) === `${name}:kill`)
      process.kill(process.pid, 'SIGKILL');
  }
}

function isUnpublishable(error: unknown): boolean {
  return error instanceof ServiceError && !error.retryable;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
