import { resolve } from 'node:path';
import { AlertAgentConfig, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { INBOX_DONE } from '../intake/inbox-state';
import { selectIn, Writes } from '../pipeline/bulk-write';
import { idBefore } from './id-before';
import { writeArchive, type ArchivedRow } from './archive';

/** Webhooks, alerts or incidents in one transaction. */
const CHUNK = 200;
const DAY_MS = 24 * 3_600_000;
/** Minute counts are kept for a year, whatever the retention of alerts. */
const VOLUMES_MS = 400 * DAY_MS;

type Row = Record<string, unknown> & { id: string };

/** What one run took away. */
export interface Removed {
  webhooks: number;
  alerts: number;
  incidents: number;
}

/**
 * Takes what is old out of the tables: webhooks with their processing records, ended alerts, resolved incidents. Everything is archived
 * before it is deleted, and the ledger keeps its counts. What still fires, waits or is open stays, however old.
 */
@Injectable()
export class Retention {
  private readonly keepMs: number;
  private readonly directory: string;

  constructor(
    private readonly dataSource: DataSource,
    config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {
    this.keepMs = config.gateway.retention.keep;
    this.directory = resolve(config.data_dir, 'archive');
  }

  /** Removes everything that is older than the retention, chunk by chunk. Errors: those of the database and the disk. */
  async run(): Promise<Removed> {
    const before = this.clock.now().getTime() - this.keepMs;
    const removed: Removed = { webhooks: 0, alerts: 0, incidents: 0 };
    const repeat = async (kind: keyof Removed, chunk: (tx: EntityManager) => Promise<number>): Promise<void> => {
      for (;;) {
        const count = await inTransaction(this.dataSource, chunk, { deadlineMs: 60_000 });
        removed[kind] += count;
        if (count < CHUNK) return;
      }
    };
    await repeat('webhooks', (tx) => this.removeWebhooks(tx, before));
    await repeat('alerts', (tx) => this.removeAlerts(tx, before));
    await repeat('incidents', (tx) => this.removeIncidents(tx, before));
    await this.removeCounts();
    return removed;
  }

  private async removeWebhooks(tx: EntityManager, before: number): Promise<number> {
    const webhooks: (Row & { cluster_id: string; alert_count: number })[] = await tx.query(
      `SELECT * FROM alert_inbox WHERE id < ? AND state = ${INBOX_DONE} AND processed_at < ? ORDER BY id LIMIT ${CHUNK}${this.lock(tx)}`,
      [idBefore(before), before],
    );
    if (webhooks.length === 0) return 0;
    const ids = webhooks.map(({ id }) => id);
    const records = await selectIn<{ cluster_id: string; disposition: string }>(
      tx,
      ids,
      (list) => `SELECT * FROM alert_processing_records WHERE inbox_id IN (${list})`,
    );
    await this.archive('webhooks', ids, { alert_inbox: webhooks, alert_processing_records: records });
    const counts = new Counts();
    for (const { cluster_id, alert_count } of webhooks) counts.add(cluster_id, 'accepted', Number(alert_count));
    for (const { cluster_id, disposition } of records) counts.add(cluster_id, disposition, 1);
    const writes = new Writes(tx);
    await writes.addCounts('ledger_archive', ['cluster_id', 'disposition'], counts.rows());
    await writes.deleteIn('alert_processing_records', 'inbox_id', ids);
    await writes.deleteIn('alert_inbox', 'id', ids);
    await writes.settle();
    return webhooks.length;
  }

  private async removeAlerts(tx: EntityManager, before: number): Promise<number> {
    const alerts: Row[] = await tx.query(
      "SELECT a.* FROM alerts a LEFT JOIN incidents i ON i.id = a.incident_id WHERE a.id < ? AND a.status = 'resolved' AND a.ends_at_ms < ? " +
        `AND (i.id IS NULL OR (i.status = 'resolved' AND i.resolved_at < ?)) ORDER BY a.id LIMIT ${CHUNK}`,
      [idBefore(before), before, before],
    );
    if (alerts.length === 0) return 0;
    const ids = alerts.map(({ id }) => id);
    await this.archive('alerts', ids, { alerts });
    const writes = new Writes(tx);
    await writes.deleteIn('alert_markers', 'alert_id', ids);
    await writes.deleteIn('alerts', 'id', ids);
    await writes.settle();
    return alerts.length;
  }

  /** An incident goes after its last alert. */
  private async removeIncidents(tx: EntityManager, before: number): Promise<number> {
    const incidents: Row[] = await tx.query(
      "SELECT i.* FROM incidents i WHERE i.id < ? AND i.status = 'resolved' AND i.resolved_at < ? AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.incident_id = i.id) " +
        `ORDER BY i.id LIMIT ${CHUNK}${this.lock(tx)}`,
      [idBefore(before), before],
    );
    if (incidents.length === 0) return 0;
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
    return incidents.length;
  }

  private async removeCounts(): Promise<void> {
    const now = this.clock.now().getTime();
    await this.dataSource.query('DELETE FROM rate_cap_counts WHERE bucket < ?', [now - 2 * DAY_MS]);
    await this.dataSource.query('DELETE FROM alert_volumes WHERE bucket < ?', [now - VOLUMES_MS]);
  }

  /** The first id names the file: a chunk that is archived again after a crash replaces itself. */
  private async archive(
    kind: string,
    ids: readonly string[],
    parts: Record<string, readonly unknown[]>,
  ): Promise<void> {
    const rows = Object.entries(parts).flatMap(([table, list]) => list.map((row): ArchivedRow => ({ table, row })));
    await writeArchive(this.directory, `${kind}-${ids[0]}`, rows);
  }

  private lock(tx: EntityManager): string {
    return tx.connection.options.type === 'better-sqlite3' ? '' : ' FOR UPDATE';
  }
}

/** Sums by cluster and disposition. */
class Counts {
  private readonly sums = new Map<string, { cluster_id: string; disposition: string; alerts: number }>();

  add(cluster_id: string, disposition: string, alerts: number): void {
    const key = `${cluster_id} ${disposition}`;
    const known = this.sums.get(key);
    if (known) known.alerts += alerts;
    else this.sums.set(key, { cluster_id, disposition, alerts });
  }

  rows(): { cluster_id: string; disposition: string; alerts: number }[] {
    return [...this.sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }
}
