import {
  checkPolicy,
  compilePolicy,
  nightsIn,
  RULE_EDIT_MATTERS_MS,
  type PolicySnapshot,
  type RuleEdit,
  type SuppressionDefinition,
} from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { readSuppression } from '../suppressions/suppression-input';
import { PolicyStore } from './policy-store';
import { readPolicy } from './read-policy';
import { StoredWebhooks, type WebhooksWanted } from './stored-webhooks';
import type { WhatIfPlan } from './what-if-run';
import type { WhatIfInput } from './what-if.dto';

const DAY_MS = 24 * 60 * 60_000;

/** Turns what somebody wants to try into policies and alerts to try it on. */
@Injectable()
export class WhatIfPlans {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly webhooks: StoredWebhooks,
    private readonly clock: Clock,
  ) {}

  /** Errors: ServiceError `invalid` with every problem of the changed policy, its suppressions, and the time zone. */
  async make(input: WhatIfInput, author: string): Promise<WhatIfPlan> {
    const isNight = nightsIn(input.time_zone ?? 'UTC');
    if (!isNight)
      throw invalid('/time_zone', 'bad_time_zone', 'there is no such time zone; use a name such as Europe/Berlin');
    const policy = input.policy ? readPolicy(input.policy) : null;
    const now = this.clock.now().getTime();
    const wanted: WebhooksWanted = {
      from: now - (input.days ?? 7) * DAY_MS,
      to: now,
      cluster_id: input.cluster_id ?? null,
    };
    const added = (input.suppressions?.add ?? [])
      .map((one, index) => ({ one, at: `/suppressions/add/${index}` }))
      .filter(({ one }) => one.enabled !== false)
      .map(({ one, at }) => readSuppression(one, { id: newId(), starts_at_ms: wanted.from }, at));
    const { before, inForce } = await inTransaction(this.dataSource, async (tx) => {
      const current = await this.policies.current(tx);
      return { before: current, inForce: await this.policies.snapshot(tx, current.version) };
    });
    const changed: PolicySnapshot = {
      policy: policy ?? inForce.policy,
      suppressions: suppressionsOf(inForce, added, input.suppressions?.remove ?? []),
    };
    const { problems, warnings } = checkPolicy(changed);
    const result = compilePolicy(changed, before.version);
    if (problems.length > 0 || !result.ok)
      throw new ServiceError('invalid', 'the changed policy has problems', { errors: problems });
    return {
      author,
      created_at: now,
      wanted,
      before,
      after: result.policy,
      warnings,
      isNight,
      ruleEdits: await this.ruleEdits(wanted),
      alerts_total: await this.webhooks.countAlerts(wanted),
    };
  }

  private async ruleEdits({ from, to }: WebhooksWanted): Promise<(RuleEdit & { rule_id: string })[]> {
    const rows = (await this.dataSource.query(
      'SELECT rule_id, changed_at, for_ms FROM rule_changes WHERE changed_at >= ? AND changed_at <= ? ORDER BY changed_at, version',
      [from - RULE_EDIT_MATTERS_MS, to],
    )) as { rule_id: string; changed_at: unknown; for_ms: unknown }[];
    return rows.map(({ rule_id, changed_at, for_ms }) => ({
      rule_id,
      changed_at: Number(changed_at),
      for_ms: for_ms === null ? null : Number(for_ms),
    }));
  }
}

function suppressionsOf(
  { suppressions }: PolicySnapshot,
  added: readonly SuppressionDefinition[],
  removed: readonly string[],
): SuppressionDefinition[] {
  for (const [index, id] of removed.entries()) {
    if (!suppressions.some((one) => one.id === id))
      throw invalid(`/suppressions/remove/${index}`, 'not_found', 'no suppression of this id is in force');
  }
  return [...suppressions.filter(({ id }) => !removed.includes(id)), ...added];
}

function invalid(pointer: string, code: string, detail: string): ServiceError {
  return new ServiceError('invalid', detail, { errors: [{ pointer, code, detail }] });
}
