import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AlertProcessingRecord } from '../ledger/alert-processing-record.entity';
import type { ProcessingRecord } from '../ledger/processing-record';

/** The records of single events. */
@Injectable()
export class EventRecords {
  constructor(private readonly dataSource: DataSource) {}

  /** Null when it is not stored, or not any more. */
  find(inbox_id: string, alert_index: number): Promise<ProcessingRecord | null> {
    return this.dataSource.manager.findOneBy(AlertProcessingRecord, { inbox_id, alert_index });
  }

  /** The event that an alert's story begins with: the first that told of it. Null when it is not stored any more. */
  async first(alert_id: string): Promise<ProcessingRecord | null> {
    return this.dataSource.manager.findOne(AlertProcessingRecord, {
      where: { alert_id },
      order: { inbox_id: 'ASC', alert_index: 'ASC' },
    });
  }
}
