import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Incident } from './incident.entity';

/** An incident as it is stored. */
export type StoredIncident = Readonly<Incident>;

/** Stored incidents, for those who explain them. */
@Injectable()
export class IncidentsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** An incident by its id; null when there is none. */
  find(id: string): Promise<StoredIncident | null> {
    return this.dataSource.manager.findOneBy(Incident, { id });
  }
}
