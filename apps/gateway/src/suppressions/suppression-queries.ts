import { severityRank, type SuppressionDefinition } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { Brackets, DataSource, IsNull, LessThan } from 'typeorm';
import { alertView } from '../alerts/alert-view';
import type { AlertPage } from '../alerts/alert.dto';
import { AlertsStore } from '../alerts/alerts.store';
import { pageSize, readCursor, toPage, type PageRequest } from '../alerts/page-cursor';
import { iso } from '../alerts/wire-time';
import { ClusterNames } from '../incidents/cluster-names';
import { configuredSuppressions } from '../policies/configured-snapshot';
import { configuredView, suppressionView } from './suppression-view';
import type {
  HiddenCounts,
  ListSuppressions,
  SuppressionDetail,
  SuppressionPage,
  SuppressionView,
} from './suppression.dto';
import { Suppression } from './suppression.entity';

const CRITICAL_RANK = 5;

/** What can be read about suppressions. */
@Injectable()
export class SuppressionQueries {
  private readonly configured: readonly SuppressionDefinition[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly alerts: AlertsStore,
    private readonly clusters: ClusterNames,
    private readonly clock: Clock,
    config: AlertAgentConfig,
  ) {
    this.configured = configuredSuppressions(config.gateway);
  }

  /** Newest first. Errors: ServiceError `invalid` for a cursor that is none. */
  async list(query: ListSuppressions): Promise<SuppressionPage> {
    const now = this.now();
    if (query.origin === 'configuration') return this.listConfigured(query, now);
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const rows = this.dataSource.manager
      .createQueryBuilder(Suppression, 's')
      .where({ deleted_at: IsNull() })
      .orderBy('s.id', 'DESC')
      .take(size + 1);
    if (below !== null) rows.andWhere({ id: LessThan(below) });
    if (query.kind !== undefined) rows.andWhere({ kind: query.kind });
    if (query.owner !== undefined) rows.andWhere({ owner: query.owner });
    if (query.active === 'true') {
      rows.andWhere('s.enabled = :on AND s.starts_at <= :now AND (s.ends_at IS NULL OR s.ends_at > :now)', {
        on: true,
        now,
      });
    } else if (query.active === 'false') {
      const isOff = new Brackets((where) =>
        where.where('s.enabled <> :on OR s.starts_at > :now OR s.ends_at <= :now', { on: true, now }),
      );
      rows.andWhere(isOff);
    }
    return toPage(await rows.getMany(), size, (row) => suppressionView(row, now));
  }

  /** With what it hides. Errors: ServiceError `not_found`. */
  async get(id: string): Promise<SuppressionDetail> {
    const view = await this.find(id);
    return { ...view, hidden: await this.counts(id) };
  }

  /** The alerts that it hides or hid, newest first. Errors: ServiceError `not_found`, `invalid` for a cursor that is none. */
  async hidden(id: string, query: PageRequest): Promise<AlertPage> {
    await this.find(id);
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const rows = await this.alerts.hiddenBy(id, below, size + 1);
    const names = await this.clusters.of(rows.map(({ cluster_id }) => cluster_id));
    return toPage(rows, size, (row) => alertView(row, names));
  }

  private listConfigured(query: ListSuppressions, now: number): SuppressionPage {
    const items = this.configured
      .map((definition) => configuredView(definition, now))
      .filter(({ kind }) => query.kind === undefined || kind === query.kind)
      .filter(({ owner }) => query.owner === undefined || owner === query.owner)
      .filter(({ active }) => query.active === undefined || String(active) === query.active);
    return { items, next_cursor: null };
  }

  private async find(id: string): Promise<SuppressionView> {
    const configured = this.configured.find((definition) => definition.id === id);
    if (configured) return configuredView(configured, this.now());
    const row = await this.dataSource.manager.findOneBy(Suppression, { id, deleted_at: IsNull() });
    if (!row) throw new ServiceError('not_found', 'there is no such suppression');
    return suppressionView(row, this.now());
  }

  private async counts(id: string): Promise<HiddenCounts> {
    const rows: { severity: string | null; status: string; alerts: unknown; newest: unknown }[] =
      await this.dataSource.query(
        'SELECT severity, status, COUNT(*) AS alerts, MAX(received_at) AS newest FROM alerts WHERE suppressed_by = ? GROUP BY severity, status',
        [id],
      );
    const counts: HiddenCounts = { total: 0, firing: 0, critical: 0, by_severity: {}, last_hidden_at: null };
    let newest = 0;
    for (const row of rows) {
      const alerts = Number(row.alerts);
      const severity = row.severity ?? '';
      counts.total += alerts;
      if (row.status === 'firing') counts.firing += alerts;
      if (severityRank(row.severity) === CRITICAL_RANK) counts.critical += alerts;
      counts.by_severity[severity] = (counts.by_severity[severity] ?? 0) + alerts;
      newest = Math.max(newest, Number(row.newest));
    }
    if (newest > 0) counts.last_hidden_at = iso(newest);
    return counts;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
