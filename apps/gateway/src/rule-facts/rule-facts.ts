import { normaliseAlert, type CompiledPolicy, type RouteNode } from '@alertagent/alerting';
import type { GetRuleFacts, LastFired, RuleFactsPage } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PolicyStore } from '../policies/policy-store';

/** Tells the rules service what is known here of its rules. */
@Injectable()
export class RuleFacts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly clock: Clock,
  ) {}

  /** Who would be told of a rule's alerts right now, by the policy in force, and when the rule opened its newest incidents. */
  of({ rules }: GetRuleFacts): Promise<RuleFactsPage> {
    return inTransaction(this.dataSource, async (tx) => {
      const policy = await this.policies.current(tx);
      const { policy: document } = await this.policies.snapshot(tx, policy.version);
      const fired = await lastFired(
        tx,
        rules.map(({ rule_id }) => rule_id),
      );
      const at = this.clock.now();
      return {
        policy_version: policy.version,
        teams_named: new Set(teamsNamed(document.routing)).size,
        rules: rules.map(({ rule_id, labels }) => ({
          rule_id,
          teams: teamsOf(policy, labels, at),
          last_fired: fired.get(rule_id) ?? [],
        })),
      };
    });
  }
}

function teamsOf(policy: CompiledPolicy, labels: Record<string, string>, at: Date): string[] {
  const firing = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: at.toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
  };
  // Routing by cluster cannot be known from a rule: no cluster is what none of them is called.
  const alert = normaliseAlert(firing, '', policy.ignore_labels);
  return policy.routesOf({ alert, at: at.getTime() }).flatMap(({ team }) => team ?? []);
}

const teamsNamed = ({ team, routes }: RouteNode): string[] => [
  ...(team ? [team] : []),
  ...(routes ?? []).flatMap(teamsNamed),
];

async function lastFired(tx: EntityManager, ruleIds: readonly string[]): Promise<Map<string, LastFired[]>> {
  const fired = new Map<string, LastFired[]>();
  if (ruleIds.length === 0) return fired;
  const rows: { rule_id: string; cluster_id: string; newest: unknown }[] = await tx.query(
    `SELECT rule_id, cluster_id, MAX(last_alert_at) AS newest FROM incidents WHERE rule_id IN (${ruleIds.map(() => '?').join(', ')}) GROUP BY rule_id, cluster_id`,
    [...ruleIds],
  );
  for (const { rule_id, cluster_id, newest } of rows) {
    const one = { cluster_id, at: new Date(Number(newest)).toISOString() };
    fired.set(rule_id, [...(fired.get(rule_id) ?? []), one]);
  }
  return fired;
}
