import type { MemberReported, RuleReport } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { ruleObservationEntity, type StoredObservation } from './rule-observation.entity';

/** A report that says nothing new is written down this often, in milliseconds: each report would write every rule. */
const REFRESH_MS = 5 * 60_000;
/** Rows per statement. */
const BATCH = 100;

/** What members showed of the rules they run, beyond whether they loaded them. */
@Injectable()
export class RuleObservations {
  /** The caller hands in reports in the order they were made, and holds the cluster's lock. */
  async learn(tx: EntityManager, event: MemberReported, member: string, reportedAt: Date): Promise<void> {
    const entries = event.rules.filter((entry) => entry.rule_id);
    if (entries.length === 0) return;
    const { cluster_id: clusterId } = event;
    const rows = await tx.findBy(ruleObservationEntity, { clusterId, member });
    const known = new Map(rows.map((row) => [row.ruleId, row]));
    const groups = secondsByGroup(event.rules);
    const changed = new Map<string, StoredObservation>();
    for (const entry of entries) {
      const before = known.get(entry.rule_id!);
      const after = {
        clusterId,
        member,
        ruleId: entry.rule_id!,
        ...observed(entry, groups.get(entry.group) ?? null, before, reportedAt),
      };
      if (isNews(before, after)) changed.set(after.ruleId, after);
    }
    const all = [...changed.values()];
    for (let at = 0; at < all.length; at += BATCH)
      await tx.upsert(ruleObservationEntity, all.slice(at, at + BATCH), ['clusterId', 'member', 'ruleId']);
  }

  ofCluster(manager: EntityManager, clusterId: string): Promise<StoredObservation[]> {
    return manager.findBy(ruleObservationEntity, { clusterId });
  }

  /** Forgets rules that do not run on the cluster any more. */
  async forget(manager: EntityManager, clusterId: string, ruleIds: readonly string[]): Promise<void> {
    for (let at = 0; at < ruleIds.length; at += BATCH)
      await manager.delete(ruleObservationEntity, { clusterId, ruleId: In(ruleIds.slice(at, at + BATCH)) });
  }
}

function secondsByGroup(rules: readonly RuleReport[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { group, evaluation_seconds } of rules)
    if (typeof evaluation_seconds === 'number') sums.set(group, (sums.get(group) ?? 0) + evaluation_seconds);
  return sums;
}

function observed(
  entry: RuleReport,
  groupSeconds: number | null,
  before: StoredObservation | undefined,
  at: Date,
): Omit<StoredObservation, 'clusterId' | 'member' | 'ruleId'> {
  const fires = (entry.firing ?? 0) > 0;
  return {
    ruleVersion: entry.rule_version ?? null,
    isFailing: entry.status === 'failed',
    reason: entry.reason ?? null,
    evaluationSeconds: entry.evaluation_seconds ?? null,
    groupSeconds,
    intervalSeconds: entry.interval_seconds ?? null,
    firingSince: fires ? (before?.firingSince ?? at) : null,
    lastFiredAt: fires ? at : (before?.lastFiredAt ?? null),
    since: before?.since ?? at,
    seenAt: at,
  };
}

function isNews(before: StoredObservation | undefined, after: StoredObservation): boolean {
  if (!before || after.seenAt.getTime() - before.seenAt.getTime() >= REFRESH_MS) return true;
  const facts = (one: StoredObservation) => [
    one.ruleVersion,
    one.isFailing,
    one.reason,
    one.intervalSeconds,
    one.firingSince === null,
    (one.evaluationSeconds ?? 0) > (one.intervalSeconds ?? Infinity),
    (one.groupSeconds ?? 0) > (one.intervalSeconds ?? Infinity),
  ];
  return JSON.stringify(facts(before)) !== JSON.stringify(facts(after));
}
