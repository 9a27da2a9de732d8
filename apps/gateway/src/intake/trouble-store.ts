import { OWN_FORMAT } from '@alertagent/alerting';
import { inTransaction, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual, type EntityManager } from 'typeorm';
import { InboxQueue } from './inbox-queue';
import { IntakeTrouble, type TroubleKind } from './intake-trouble.entity';
import { PipelineBell } from './pipeline-bell';
import { troubleBody } from './trouble-alert';

/** Which troubles have an alert. The row and the alert's webhook are stored in one transaction, so each begins and ends exactly once. */
@Injectable()
export class TroubleStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxQueue,
    private readonly bell: PipelineBell,
  ) {}

  list(): Promise<IntakeTrouble[]> {
    return this.dataSource.manager.find(IntakeTrouble);
  }

  /** Raises the alert unless it is open, and notes that the trouble was seen at `now`. Returns whether it was raised. */
  async raise(clusterId: string, kind: TroubleKind, now: number, detail: string): Promise<boolean> {
    const known = await this.dataSource.manager.update(
      IntakeTrouble,
      { cluster_id: clusterId, kind },
      { seen_at: now },
    );
    if (known.affected) return false;
    try {
      await inTransaction(this.dataSource, async (tx) => {
        await tx.insert(IntakeTrouble, { cluster_id: clusterId, kind, since: now, seen_at: now });
        await this.send(tx, clusterId, now, troubleBody(kind, now, null, detail));
      });
    } catch (error) {
      // Another instance has raised it at the same moment.
      if (isUniqueViolation(error)) return false;
      throw error;
    }
    this.bell.ring();
    return true;
  }

  /** Resolves the alert unless the trouble was seen after `quietSince`, by whichever instance. Returns whether it did. */
  async settle(clusterId: string, kind: TroubleKind, now: number, quietSince: number): Promise<boolean> {
    const row = await this.dataSource.manager.findOneBy(IntakeTrouble, { cluster_id: clusterId, kind });
    if (row === null) return false;
    const isOver = await inTransaction(this.dataSource, async (tx) => {
      const deleted = await tx.delete(IntakeTrouble, {
        cluster_id: clusterId,
        kind,
        since: row.since,
        seen_at: LessThanOrEqual(quietSince),
      });
      if (!deleted.affected) return false;
      await this.send(tx, clusterId, now, troubleBody(kind, row.since, now, ''));
      return true;
    });
    if (isOver) this.bell.ring();
    return isOver;
  }

  private async send(tx: EntityManager, clusterId: string, now: number, body: string): Promise<void> {
    const webhook = {
      id: newId(),
      cluster_id: clusterId,
      received_at: now,
      alert_count: 1,
      good_count: 1,
      body,
      format: OWN_FORMAT,
    };
    await this.inbox.enqueue(tx, webhook);
  }
}
