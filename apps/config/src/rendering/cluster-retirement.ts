import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RevisionsStore } from '../revisions/revisions.store';
import { ServedRevisions } from '../serving/served-revisions';

/** Ends the configuration of a cluster that is gone. Its revisions are kept; nobody is served them any more. */
@Injectable()
export class ClusterRetirement {
  constructor(
    private readonly dataSource: DataSource,
    private readonly revisions: RevisionsStore,
    private readonly served: ServedRevisions,
    private readonly clock: Clock,
  ) {}

  async retire(clusterId: string): Promise<void> {
    await inTransaction(this.dataSource, (tx) => this.revisions.retire(tx, clusterId, this.clock.now()));
    this.served.drop(clusterId);
  }
}
