import { ruleFindings, type MemberFacts, type RuleFacts } from '@alertagent/alerting';
import type { RuleFactsView } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StoredRule } from '../rules/stored-rule';
import { factsKey, GatewayFactsReader, type GatewayFacts } from './gateway-facts';
import { RuleHealthStore, type NewFinding } from './rule-health.store';
import type { StoredObservation } from './rule-observation.entity';
import { RuleObservations } from './rule-observations';
import { SeriesChecks, type SweptCluster } from './series-checks';
import type { SweptRule } from './swept-rules';

/** Looks at the rules of one cluster and writes down what is wrong with them. */
@Injectable()
export class ClusterSweep {
  constructor(
    private readonly dataSource: DataSource,
    private readonly observations: RuleObservations,
    private readonly series: SeriesChecks,
    private readonly gateway: GatewayFactsReader,
    private readonly store: RuleHealthStore,
    private readonly clock: Clock,
  ) {}

  async look(cluster: SweptCluster, checked: readonly SweptRule[], gateway: GatewayFacts): Promise<void> {
    await this.gateway.add(
      gateway,
      checked.map(({ rule }) => rule),
    );
    const looks = await this.series.of(cluster, checked);
    const seen = groupBy(
      await this.observations.ofCluster(this.dataSource.manager, cluster.id),
      ({ ruleId }) => ruleId,
    );
    const alike = groupBy(checked, ({ reading }) => reading.meaning);
    const now = this.clock.now();
    const found = checked.flatMap(({ rule, reading }): NewFinding[] => {
      const observed = seen.get(rule.id) ?? [];
      const facts: RuleFacts = {
        kind: rule.kind,
        hasRunbook: hasRunbook(rule),
        members: observed.map(memberFacts),
        lastFiredAt: lastFired(observed, gateway.rules.get(factsKey(rule)), cluster.id),
        withoutSeries: looks.get(rule.id)?.missing ?? null,
        duplicates: alike.get(reading.meaning)!.flatMap((other) => (other.rule === rule ? [] : other.rule.name)),
        isRouted: isRouted(gateway, rule),
      };
      return ruleFindings(facts, now.getTime()).map(({ finding, detail, since }) => ({
        ruleId: rule.id,
        clusterId: cluster.id,
        finding,
        ruleName: rule.name,
        owner: rule.owner,
        detail,
        since: since === null ? null : new Date(since),
        lookedAt: now,
      }));
    });
    const running = new Set(checked.map(({ rule }) => rule.id));
    await inTransaction(this.dataSource, async (tx) => {
      await this.store.replace(tx, cluster.id, found);
      const gone = [...seen.keys()].filter((ruleId) => !running.has(ruleId));
      await this.observations.forget(tx, cluster.id, gone);
    });
  }
}

const hasRunbook = ({ annotations }: StoredRule): boolean =>
  ['runbook_url', 'runbook'].some((name) => Object.hasOwn(annotations, name) && annotations[name] !== '');

const memberFacts = (seen: StoredObservation): MemberFacts => ({
  member: seen.member,
  isFailing: seen.isFailing,
  reason: seen.reason,
  evaluationSeconds: seen.evaluationSeconds,
  groupSeconds: seen.groupSeconds,
  intervalSeconds: seen.intervalSeconds,
  firingSince: seen.firingSince?.getTime() ?? null,
  since: seen.since.getTime(),
});

/** By the members' or by the gateway's account, whichever is newer. */
function lastFired(
  observed: readonly StoredObservation[],
  facts: RuleFactsView | undefined,
  clusterId: string,
): number | null {
  const told = facts?.last_fired ?? [];
  const times = [
    ...observed.flatMap(({ lastFiredAt }) => lastFiredAt?.getTime() ?? []),
    ...told.flatMap(({ cluster_id, at }) => (cluster_id === clusterId ? Date.parse(at) : [])),
  ];
  return times.length === 0 ? null : Math.max(...times);
}

function isRouted({ rules, namesTeams }: GatewayFacts, rule: StoredRule): boolean | null {
  const facts = rules.get(factsKey(rule));
  return facts && namesTeams ? facts.teams.length > 0 : null;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
