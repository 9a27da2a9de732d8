import type { DecisionRule, DecisionThresholds } from '@alertagent/alerting';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A policy that somebody stored. The newest is the one that decides. */
export interface StoredPolicy {
  id: string;
  version: string;
  thresholds: DecisionThresholds;
  rules: DecisionRule[];
  comment: string | null;
  createdBy: string;
  createdAt: Date;
}

export const decisionPolicyEntity = new EntitySchema<StoredPolicy>({
  name: 'decision_policies',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    version: { type: 'varchar', length: 64 },
    thresholds: { type: 'longtext', transformer: json<DecisionThresholds>() },
    rules: { type: 'longtext', transformer: json<DecisionRule[]>() },
    comment: { type: 'longtext', nullable: true },
    createdBy: { name: 'created_by', type: 'varchar', length: 200 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
});
