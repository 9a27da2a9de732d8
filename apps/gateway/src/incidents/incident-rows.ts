import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { Incident } from './incident.entity';

/** Incidents that a transaction is going to change. */
@Injectable()
export class IncidentRows {
  /**
   * The incidents with these ids in the order of the ids, locked until the transaction ends: a batch of the pipeline that counts
   * alerts into them waits, or is waited for. Those that are not there are missing.
   */
  async lock(tx: EntityManager, ids: readonly string[]): Promise<Incident[]> {
    const query = tx
      .createQueryBuilder(Incident, 'incident')
      .where({ id: In([...new Set(ids)]) })
      .orderBy('incident.id', 'ASC');
    return (tx.dataSource.options.type === 'better-sqlite3' ? query : query.setLock('pessimistic_write')).getMany();
  }

  /** One incident, locked. Errors: ServiceError `not_found`. */
  async lockOne(tx: EntityManager, id: string): Promise<Incident> {
    const [incident] = await this.lock(tx, [id]);
    if (!incident) throw new ServiceError('not_found', 'there is no such incident');
    return incident;
  }

  /** One open incident, locked. Errors: ServiceError `not_found`, `conflict` when it is resolved. */
  async lockOpen(tx: EntityManager, id: string): Promise<Incident> {
    const incident = await this.lockOne(tx, id);
    if (incident.status !== 'open') throw isOver(incident);
    return incident;
  }
}

/** What to answer to people who want to do something to an incident that is over. */
export function isOver({ merged_into }: Incident): ServiceError {
  return merged_into === null
    ? new ServiceError('conflict', 'the incident is resolved; only open incidents can be changed')
    : new ServiceError('conflict', `the incident was merged into ${merged_into}; change that one`);
}
