import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AlertProcessingRecord } from './alert-processing-record.entity';
import type { ProcessingRecord } from './processing-record';

/** The records of one alert; of very many only those from either end. */
export interface RecordsOfAlert {
  /** In the order of acceptance. */
  events: ProcessingRecord[];
  /** How many there are in all. */
  count: number;
}

/** The stored records of how alert events ended. */
@Injectable()
export class ProcessingRecordsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The first and the last records of an alert, `perEnd` at most from each end. */
  async ofAlert(alertId: string, perEnd: number): Promise<RecordsOfAlert> {
    const { manager } = this.dataSource;
    const where = { alert_id: alertId };
    const count = await manager.countBy(AlertProcessingRecord, where);
    const first = await manager.find(AlertProcessingRecord, {
      where,
      order: { inbox_id: 'ASC', alert_index: 'ASC' },
      take: perEnd,
    });
    const rest = Math.min(perEnd, count - first.length);
    if (rest <= 0) return { events: first, count };
    const last = await manager.find(AlertProcessingRecord, {
      where,
      order: { inbox_id: 'DESC', alert_index: 'DESC' },
      take: rest,
    });
    return { events: [...first, ...last.reverse()], count };
  }

  /** The record of one event; null when it is not stored, or not any more. */
  find(inbox_id: string, alert_index: number): Promise<ProcessingRecord | null> {
    return this.dataSource.manager.findOneBy(AlertProcessingRecord, { inbox_id, alert_index });
  }

  /** The event that an alert's story begins with: the first that told of it. Null when it is not stored any more. */
  first(alert_id: string): Promise<ProcessingRecord | null> {
    return this.dataSource.manager.findOne(AlertProcessingRecord, {
      where: { alert_id },
      order: { inbox_id: 'ASC', alert_index: 'ASC' },
    });
  }
}
