import { bodyOfOne } from '@alertagent/alerting';
import { ServiceError, type Actor } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { pageSize, readCursor, toPage } from '../alerts/page-cursor';
import { iso, isoOrNull } from '../alerts/wire-time';
import { ClusterNames } from '../incidents/cluster-names';
import { InboxQueue } from '../intake/inbox-queue';
import { PipelineBell } from '../intake/pipeline-bell';
import { AlertQuarantine } from './alert-quarantine.entity';
import type {
  ListQuarantine,
  QuarantinedAlertDetail,
  QuarantinedAlertView,
  QuarantinePage,
  ReplayedAlert,
} from './quarantine.dto';

const SHOWN_CHARACTERS = 64 * 1024;

/** The alerts that were set aside: to look at, to send through again, or to delete. */
@Injectable()
export class Quarantine {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
    private readonly audit: AuditLog,
    private readonly inbox: InboxQueue,
    private readonly bell: PipelineBell,
    private readonly clock: Clock,
  ) {}

  /** Newest first. Errors: ServiceError `invalid` for a cursor that is none. */
  async list(query: ListQuarantine): Promise<QuarantinePage> {
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const rows = await this.dataSource.manager.find(AlertQuarantine, {
      where: {
        ...(below === null ? {} : { id: LessThan(below) }),
        ...(query.cluster_id === undefined ? {} : { cluster_id: query.cluster_id }),
        ...(query.code === undefined ? {} : { code: query.code }),
      },
      order: { id: 'DESC' },
      take: size + 1,
    });
    const names = await this.clusters.of(rows.map(({ cluster_id }) => cluster_id));
    return toPage(rows, size, (row) => quarantineView(row, names));
  }

  /** Errors: ServiceError `not_found`. */
  async get(id: string): Promise<QuarantinedAlertDetail> {
    const row = await this.find(id);
    const names = await this.clusters.of([row.cluster_id]);
    return { ...quarantineView(row, names), raw: row.raw.slice(0, SHOWN_CHARACTERS).toWellFormed() };
  }

  /**
   * Sends the alert through the pipeline again, as a webhook of its own with an account of its own in the ledger.
   * Errors: ServiceError `not_found`; `conflict` when that was done before.
   */
  async replay(id: string, actor: Actor): Promise<ReplayedAlert> {
    const row = await this.find(id);
    const { format, source_id, source_version } = row;
    const body = bodyOfOne(format, row.raw);
    const inboxId = newId();
    const now = this.clock.now().getTime();
    await inTransaction(this.dataSource, async (tx) => {
      const marked = await tx.update(
        AlertQuarantine,
        { id, replayed_at: IsNull() },
        { replayed_at: now, replayed_as: inboxId },
      );
      if (!marked.affected) throw new ServiceError('conflict', 'this alert has been replayed before');
      await this.inbox.enqueue(tx, {
        id: inboxId,
        cluster_id: row.cluster_id,
        // Times in the body are to be read as they were meant then.
        received_at: row.received_at,
        alert_count: 1,
        // Decided by the pipeline: what stood in its way may be gone.
        good_count: 0,
        body,
        format,
        source_id,
        source_version,
      });
      await this.audit.record(tx, {
        actor,
        action: 'quarantine.replayed',
        resource_type: 'quarantined_alert',
        resource_id: id,
        after: { inbox_id: inboxId },
      });
    });
    this.bell.ring();
    return { inbox_id: inboxId };
  }

  /** Deletes the copy that was set aside; the stored webhook and the ledger keep what happened. Errors: ServiceError `not_found`. */
  async delete(id: string, actor: Actor): Promise<void> {
    const row = await this.find(id);
    await inTransaction(this.dataSource, async (tx) => {
      const deleted = await tx.delete(AlertQuarantine, { id });
      if (!deleted.affected) throw notFound();
      const { code, cluster_id, inbox_id, alert_index } = row;
      await this.audit.record(tx, {
        actor,
        action: 'quarantine.deleted',
        resource_type: 'quarantined_alert',
        resource_id: id,
        before: { code, cluster_id, inbox_id, alert_index },
      });
    });
  }

  private async find(id: string): Promise<AlertQuarantine> {
    const row = await this.dataSource.manager.findOneBy(AlertQuarantine, { id });
    if (!row) throw notFound();
    return row;
  }
}

const notFound = (): ServiceError => new ServiceError('not_found', 'there is no such quarantined alert');

function quarantineView(row: AlertQuarantine, clusterNames: ReadonlyMap<string, string>): QuarantinedAlertView {
  const { id, cluster_id, code, pointer, detail, inbox_id, alert_index } = row;
  return {
    id,
    cluster_id,
    cluster_name: clusterNames.get(cluster_id) ?? cluster_id,
    code,
    pointer,
    detail,
    inbox_id,
    alert_index,
    received_at: iso(row.received_at),
    replayed_at: isoOrNull(row.replayed_at),
  };
}
