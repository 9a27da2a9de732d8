import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { AlertAgentConfig, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { INBOX_DONE } from '../intake/inbox-state';
import { selectIn, Writes } from '../pipeline/bulk-write';
import { idBefore } from './id-before';
import { writeArchive, type ArchivedRow } from './archive';
import { ArchivedCounts } from './archived-counts';

/** Webhooks, alerts or incidents in one transaction. */
const CHUNK = 200;
const DAY_MS = 24 * 3_600_000;
/** Minute counts are kept for a year and a month, whatever the retention of alerts. */
const VOLUMES_MS = 400 * DAY_MS;

type Row = Record<string, unknown> & { id: string };

/** What became of one chunk. */
interface Chunk {
  removed: number;
  /** The last id that was looked at; null when there are no more. */
  last: string | null;
}

/** What one run took away. */
export interface Removed {
  webhooks: number;
  alerts: number;
  incidents: number;
  quarantined: number;
}

/**
 * Takes what is old out of the tables: webhooks with their processing records, ended alerts, resolved incidents, quarantined alerts. Everything
 * is archived before it is deleted, and the ledger keeps its counts. What still fires, waits or is open stays, however old.
 */
@Injectable()
export class Retention {
  private readonly keepMs: number;
  private readonly quarantineMs: number;
  private readonly directory: string;

  constructor(
    private readonly dataSource: DataSource,
    config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {
    this.keepMs = config.gateway.retention.keep;
    this.quarantineMs = config.gateway.retention.quarantine;
    this.directory = resolve(config.data_dir, 'archive');
  }

  /** Removes everything that is older than the retention, chunk by chunk. Errors: those of the database and the disk. */
  async run(): Promise<Removed> {
    const now = this.clock.now().getTime();
    const before = now - this.keepMs;
    const setAsideBefore = now - this.quarantineMs;
    const removed = {
      webhooks: await this.repeat((tx, after) => this.removeWebhooks(tx, before, after)),
      alerts: await this.repeat((tx, after) => this.removeAlerts(tx, before, after)),
      incidents: await this.repeat((tx, after) => this.removeIncidents(tx, before, after)),
      quarantined: await this.repeat((tx, after) => this.removeQuarantined(tx, setAsideBefore, after)),
    };
    await this.removeCounts(before);
    return removed;
  }

  /** Each chunk begins after the last id of the one before, so that what is kept is not looked at again and again. */
  private async repeat(remove: (tx: EntityManager, after: string) => Promise<Chunk>): Promise<number> {
    let removed = 0;
    let after: string | null = '';
    while (after !== null) {
      const from: string = after;
      const chunk = await inTransaction(this.dataSource, (tx) => remove(tx, from), { deadlineMs: 60_000 });
      removed += chunk.removed;
      after = chunk.last;
    }
    return removed;
  }

  private async removeWebhooks(tx: EntityManager, before: number, after: string): Promise<Chunk> {
    const candidates: Row[] = await tx.query(
      `SELECT id FROM alert_inbox WHERE id > ? AND id < ? AND state = ${INBOX_DONE} AND processed_at < ? ORDER BY id LIMIT ${CHUNK}`,
      [after, idBefore(before), before],
    );
    const webhooks = await this.take<Row & { cluster_id: string; alert_count: number }>(tx, 'alert_inbox', candidates);
    if (webhooks.length === 0) return chunkOf(candidates, 0);
    const ids = webhooks.map(({ id }) => id);
    const records = await selectIn<{ cluster_id: string; disposition: string }>(
      tx,
      ids,
      (list) => `SELECT * FROM alert_processing_records WHERE inbox_id IN (${list})`,
    );
    await this.archive('webhooks', ids, { alert_inbox: webhooks, alert_processing_records: records });
    const counts = new ArchivedCounts();
    for (const { cluster_id, alert_count } of webhooks) counts.add(cluster_id, 'accepted', Number(alert_count));
    for (const { cluster_id, disposition } of records) counts.add(cluster_id, disposition, 1);
    const writes = new Writes(tx);
    await writes.deleteIn('alert_processing_records', 'inbox_id', ids);
    await writes.deleteIn('alert_inbox', 'id', ids);
    await writes.addCounts('ledger_archive', ['cluster_id', 'disposition'], counts.rows());
    await writes.settle();
    return chunkOf(candidates, ids.length);
  }

  private async removeAlerts(tx: EntityManager, before: number, after: string): Promise<Chunk> {
    const candidates: Row[] = await tx.query(
      "SELECT a.id FROM alerts a LEFT JOIN incidents i ON i.id = a.incident_id WHERE a.id > ? AND a.id < ? AND a.status = 'resolved' " +
        `AND a.ends_at_ms < ? AND (i.id IS NULL OR (i.status = 'resolved' AND i.resolved_at < ?)) ORDER BY a.id LIMIT ${CHUNK}`,
      [after, idBefore(before), before, before],
    );
    const alerts = await this.take(tx, 'alerts', candidates);
    if (alerts.length === 0) return chunkOf(candidates, 0);
    const ids = alerts.map(({ id }) => id);
    await this.archive('alerts', ids, { alerts });
    const writes = new Writes(tx);
    await writes.deleteIn('alert_markers', 'alert_id', ids);
    await writes.deleteIn('alerts', 'id', ids);
    await writes.settle();
    return chunkOf(candidates, ids.length);
  }

  /** An incident goes after its last alert. */
  private async removeIncidents(tx: EntityManager, before: number, after: string): Promise<Chunk> {
    const candidates: Row[] = await tx.query(
      "SELECT i.id FROM incidents i WHERE i.id > ? AND i.id < ? AND i.status = 'resolved' AND i.resolved_at < ? " +
        `AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.incident_id = i.id) ORDER BY i.id LIMIT ${CHUNK}`,
      [after, idBefore(before), before],
    );
    const incidents = await this.take(tx, 'incidents', candidates);
    if (incidents.length === 0) return chunkOf(candidates, 0);
    const ids = incidents.map(({ id }) => id);
    const parts: Record<string, readonly unknown[]> = { incidents };
    const ofIncident = ['incident_timeline', 'incident_notes', 'incident_escalations'];
    for (const table of ofIncident) {
      parts[table] = await selectIn(tx, ids, (list) => `SELECT * FROM ${table} WHERE incident_id IN (${list})`);
    }
    await this.archive('incidents', ids, parts);
    const writes = new Writes(tx);
    for (const table of ofIncident) await writes.deleteIn(table, 'incident_id', ids);
    await writes.deleteIn('incidents', 'id', ids);
    await writes.settle();
    return chunkOf(candidates, ids.length);
  }

  /**
   * Their accounts in the ledger are the processing records of their webhooks. The id tells when one was set aside; a replay that failed
   * again keeps the time of its first arrival.
   */
  private async removeQuarantined(tx: EntityManager, before: number, after: string): Promise<Chunk> {
    const candidates: Row[] = await tx.query(
      `SELECT id FROM alert_quarantine WHERE id > ? AND id < ? ORDER BY id LIMIT ${CHUNK}`,
      [after, idBefore(before)],
    );
    const alerts = await this.take(tx, 'alert_quarantine', candidates);
    if (alerts.length === 0) return chunkOf(candidates, 0);
    const ids = alerts.map(({ id }) => id);
    await this.archive('quarantine', ids, { alert_quarantine: alerts });
    const writes = new Writes(tx);
    await writes.deleteIn('alert_quarantine', 'id', ids);
    await writes.settle();
    return chunkOf(candidates, ids.length);
  }

  /**
   * Locks the candidates by their ids, in order, and reads them whole. Another gateway that runs at the same time waits here and then finds
   * them gone, so that nothing is counted or archived by both.
   */
  private take<R extends Row>(tx: EntityManager, table: string, candidates: readonly Row[]): Promise<R[]> {
    const lock = tx.connection.options.type === 'better-sqlite3' ? '' : ' FOR UPDATE';
    const ids = candidates.map(({ id }) => id);
    return selectIn<R>(tx, ids, (list) => `SELECT * FROM ${table} WHERE id IN (${list}) ORDER BY id${lock}`);
  }

  private async removeCounts(before: number): Promise<void> {
    const now = this.clock.now().getTime();
    await this.dataSource.query('DELETE FROM rate_cap_counts WHERE bucket < ?', [now - 2 * DAY_MS]);
    await this.dataSource.query('DELETE FROM alert_volumes WHERE bucket < ?', [now - VOLUMES_MS]);
    await this.dataSource.query('DELETE FROM gateway_findings WHERE cleared_at < ?', [before]);
  }

  /** The ids name the file: the same chunk archived again after a crash replaces itself, and no other chunk replaces it. */
  private async archive(
    kind: string,
    ids: readonly string[],
    parts: Record<string, readonly unknown[]>,
  ): Promise<void> {
    const rows = Object.entries(parts).flatMap(([table, list]) => list.map((row): ArchivedRow => ({ table, row })));
    const hash = createHash('sha256').update(ids.join()).digest('hex').slice(0, 12);
    await writeArchive(this.directory, `${kind}-${ids[0]}-${hash}`, rows);
  }
}

const chunkOf = (candidates: readonly Row[], removed: number): Chunk => ({
  removed,
  last: candidates.length < CHUNK ? null : candidates[candidates.length - 1]!.id,
});
