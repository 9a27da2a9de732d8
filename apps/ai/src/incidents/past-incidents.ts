import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SharedLooks } from '../requests/shared-looks';
import type { KnownIncident } from './known-incident';
import { CANDIDATES, KnownIncidentsStore } from './known-incidents.store';

/** The incidents that one may resemble. */
@Injectable()
export class PastIncidents {
  private readonly looks = new SharedLooks<KnownIncident[]>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: KnownIncidentsStore,
    private readonly clock: Clock,
  ) {}

  /** Recent ones with the same alert name, or of the same cluster, without `not`. At most 200. */
  async resembling({
    alertName,
    clusterId,
    not,
  }: {
    alertName: string;
    clusterId: string;
    not: string | null;
  }): Promise<KnownIncident[]> {
    const { manager } = this.dataSource;
    const now = this.clock.now();
    const found = await Promise.all([
      this.looks.at(`alert ${alertName}`, () => this.store.newest(manager, { alertName, now })),
      this.looks.at(`cluster ${clusterId}`, () => this.store.newest(manager, { clusterId, now })),
    ]);
    const others = found.flatMap((some) => some.filter(({ id }) => id !== not).slice(0, CANDIDATES));
    return [...new Map(others.map((incident) => [incident.id, incident])).values()];
  }
}
