import type { DecisionPolicy } from '@alertagent/alerting';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { LessThan, type EntityManager } from 'typeorm';
import type { PagePosition } from '../requests/page';
import { decisionPolicyEntity, type StoredPolicy } from './decision-policy.entity';

/** The policies that decisions were and are made by. Until somebody stores one, that of the configuration decides. */
@Injectable()
export class DecisionPoliciesStore {
  readonly configured: DecisionPolicy;

  constructor({ ai }: AlertAgentConfig) {
    const settings = ai.decision;
    this.configured = {
      thresholds: {
        auto_resolve_below_severity: settings.auto_resolve_max_severity,
        auto_resolve_above_confidence: settings.auto_resolve_min_confidence,
        escalate_above_severity: settings.escalate_min_severity,
        escalate_below_confidence: settings.escalate_max_confidence,
        high_priority_above_severity: settings.high_priority_min_severity,
        routed_escalation_above_severity: settings.routed_escalation_min_severity,
        default_team: settings.default_team,
      },
      rules: [],
    };
  }

  async newest(manager: EntityManager): Promise<StoredPolicy | null> {
    const [newest] = await manager.find(decisionPolicyEntity, { order: { id: 'DESC' }, take: 1 });
    return newest ?? null;
  }

  async current(manager: EntityManager): Promise<DecisionPolicy> {
    return (await this.newest(manager)) ?? this.configured;
  }

  async insert(tx: EntityManager, policy: StoredPolicy): Promise<void> {
    await tx.insert(decisionPolicyEntity, policy);
  }

  /** Newest first, one more than asked for. */
  list(manager: EntityManager, { before, limit }: PagePosition): Promise<StoredPolicy[]> {
    return manager.find(decisionPolicyEntity, {
      where: before ? { id: LessThan(before) } : {},
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }
}
