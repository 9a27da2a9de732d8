import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ClaimedWebhook } from '../intake/claimed-webhook';
import { INBOX_DONE } from '../intake/inbox-state';
import { idBefore } from '../retention/id-before';
import { SourceMappings } from '../sources/source-mappings';

const COLUMNS = 'id, cluster_id, received_at, alert_count, attempts, body, format, source_id, source_version';
/** Rows looked at for one chunk, and alerts in it: bodies are large. */
const MOST_ROWS = 200;
const MOST_ALERTS = 1000;
/** Ids begin with the time at which they were made, by one of several machines. */
const CLOCKS_DIFFER_MS = 60_000;

/** Which processed webhooks to read. */
export interface WebhooksWanted {
  /** Received at or after; epoch milliseconds. */
  from: number;
  to: number;
  cluster_id: string | null;
}

/** A row without what its reading depends on besides. */
export type StoredWebhook = Omit<ClaimedWebhook, 'mapping'>;

/** Webhooks that were processed, as they were received, for looking at them again. */
@Injectable()
export class StoredWebhooks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly mappings: SourceMappings,
  ) {}

  /** Null when it is not there any more. */
  async find(id: string): Promise<ClaimedWebhook | null> {
    const [webhook] = await this.load([id]);
    return webhook ?? null;
  }

  /** How many alerts there are to read. */
  async countAlerts(wanted: WebhooksWanted): Promise<number> {
    const { where, values } = conditionOf(wanted, idBefore(wanted.from - CLOCKS_DIFFER_MS));
    const [row] = await this.run<{ alerts: unknown }>(
      `SELECT SUM(alert_count) AS alerts FROM alert_inbox ${where}`,
      values,
    );
    return Number(row?.alerts ?? 0);
  }

  /** In the order of acceptance, some at a time. */
  async *read(wanted: WebhooksWanted): AsyncGenerator<ClaimedWebhook[]> {
    let after = idBefore(wanted.from - CLOCKS_DIFFER_MS);
    for (;;) {
      const { where, values } = conditionOf(wanted, after);
      const heads = await this.run<{ id: string; alert_count: number }>(
        `SELECT id, alert_count FROM alert_inbox ${where} ORDER BY id LIMIT ${MOST_ROWS}`,
        values,
      );
      if (heads.length === 0) return;
      const ids = withinBudget(heads);
      yield await this.load(ids);
      after = ids.at(-1)!;
    }
  }

  private async load(ids: readonly string[]): Promise<ClaimedWebhook[]> {
    const list = ids.map(() => '?').join(', ');
    const rows = await this.run<StoredWebhook>(`SELECT ${COLUMNS} FROM alert_inbox WHERE id IN (${list}) ORDER BY id`, [
      ...ids,
    ]);
    return this.withMappings(rows);
  }

  /** Rows with the mappings that they are read by. */
  async withMappings(rows: readonly StoredWebhook[]): Promise<ClaimedWebhook[]> {
    const mappingOf = await this.mappings.load((sql, values) => this.run(sql, values), rows);
    return rows.map((row) => ({ ...row, received_at: Number(row.received_at), mapping: mappingOf(row) }));
  }

  private async run<Result>(sql: string, values: unknown[]): Promise<Result[]> {
    return (await this.dataSource.query(sql, values)) as Result[];
  }
}

function conditionOf({ from, to, cluster_id }: WebhooksWanted, after: string): { where: string; values: unknown[] } {
  const ofCluster = cluster_id === null ? '' : ' AND cluster_id = ?';
  return {
    where: `WHERE id > ? AND state = ${INBOX_DONE} AND received_at >= ? AND received_at <= ?${ofCluster}`,
    values: [after, from, to, ...(cluster_id === null ? [] : [cluster_id])],
  };
}

function withinBudget(heads: readonly { id: string; alert_count: number }[]): string[] {
  const ids: string[] = [];
  let alerts = 0;
  for (const { id, alert_count } of heads) {
    if (ids.length > 0 && alerts + alert_count > MOST_ALERTS) break;
    ids.push(id);
    alerts += alert_count;
  }
  return ids;
}
