import { canaryInstance, isCanary } from '@alertagent/alerting';
import { inTransaction, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { FiringSet, SetAlert } from '../reconciliation/firing-set';
import { CanaryHearing } from './canary-hearing';

/** Canaries among what fires at an Alertmanager: they got that far. */
@Injectable()
export class FiringCanaries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly hearing: CanaryHearing,
  ) {}

  /** Tells of the canaries in a set, and answers the other alerts. Errors: ServiceError `unavailable`. */
  async takeOut(cluster_id: string, { alerts, taken_at }: FiringSet): Promise<SetAlert[]> {
    const canaries = alerts.filter(({ labels }) => isCanary(labels));
    if (canaries.length === 0) return alerts;
    const seen = canaries.map(({ labels }) => ({ cluster_id, instance: canaryInstance(labels), at: taken_at }));
    const facts = this.hearing.facts('alertmanager', seen);
    if (facts.length > 0) await inTransaction(this.dataSource, (tx) => this.outbox.addAll(tx, facts));
    return alerts.filter(({ labels }) => !isCanary(labels));
  }
}
