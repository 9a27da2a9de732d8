import { inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { DistributionsMetrics, type Transition } from './distributions.metrics';

/** Transactions that decide which rules run on which clusters, one after the other. */
@Injectable()
export class TargetingTransactions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: KnownClustersStore,
    private readonly metrics: DistributionsMetrics,
  ) {}

  /** `work` holds the targeting lock, is run again when the database gave the transaction up, and notes what moved, for the metrics after commit. */
  async run<T>(work: (tx: EntityManager, moved: Transition[]) => Promise<T>): Promise<T> {
    let moved: Transition[] = [];
    const result = await inTransaction(this.dataSource, async (tx) => {
      moved = [];
      await this.clusters.lockTargeting(tx);
      return work(tx, moved);
    });
    this.metrics.record(moved);
    return result;
  }
}
