import { AuditLog } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IncidentTimelineStore } from './incident-timeline.store';

type NewMoment = Parameters<IncidentTimelineStore['add']>[1];

/** Timeline and audit entries of what people do to incidents. */
@Injectable()
export class IncidentRecords {
  constructor(
    private readonly timelines: IncidentTimelineStore,
    private readonly log: AuditLog,
  ) {}

  async moments(tx: EntityManager, ...moments: NewMoment[]): Promise<void> {
    await this.timelines.add(tx, ...moments);
  }

  /** To be called last in the transaction. */
  async audit(tx: EntityManager, change: Parameters<AuditLog['record']>[1]): Promise<void> {
    await this.log.record(tx, change);
  }
}
