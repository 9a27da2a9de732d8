import type { ApprovalState } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, Not, type EntityManager } from 'typeorm';
import type { StoredRule } from '../rules/stored-rule';
import { ruleApprovalEntity, type StoredRuleApproval } from './rule-approval.entity';

/** Rows per statement. */
const BATCH = 100;

/** Versions that wait, waited, or were rejected. Whoever writes holds the targeting lock. */
@Injectable()
export class RuleApprovalsStore {
  find(manager: EntityManager, id: string): Promise<StoredRuleApproval | null> {
    return manager.findOneBy(ruleApprovalEntity, { id });
  }

  /** What keeps the newest versions of these rules from running, if anything does, by rule. */
  async openOf(manager: EntityManager, ruleIds: readonly string[]): Promise<Map<string, StoredRuleApproval>> {
    const found: StoredRuleApproval[] = [];
    for (let at = 0; at < ruleIds.length; at += BATCH)
      found.push(...(await manager.findBy(ruleApprovalEntity, { openRuleId: In(ruleIds.slice(at, at + BATCH)) })));
    return new Map(found.map((approval) => [approval.ruleId, approval]));
  }

  /** Everything that keeps some rule's newest version from running. */
  open(manager: EntityManager): Promise<StoredRuleApproval[]> {
    return manager.findBy(ruleApprovalEntity, { openRuleId: Not(IsNull()) });
  }

  /** Rules as they were at versions that ran while something waited. */
  async placedRules(
    manager: EntityManager,
    wanted: readonly { ruleId: string; placedVersion: number }[],
  ): Promise<Map<string, StoredRule>> {
    const found = new Map<string, StoredRule>();
    for (let at = 0; at < wanted.length; at += BATCH) {
      const rows = await manager.findBy(ruleApprovalEntity, wanted.slice(at, at + BATCH));
      for (const { ruleId, placedRule } of rows) if (placedRule) found.set(ruleId, placedRule);
    }
    return found;
  }

  /** Versions that nobody approved. */
  async unapproved(manager: EntityManager, ruleId: string): Promise<Set<number>> {
    const rows = await manager.findBy(ruleApprovalEntity, { ruleId, state: Not(In(['approved', 'overridden'])) });
    return new Set(rows.map(({ version }) => version));
  }

  /** Newest first. */
  list(
    manager: EntityManager,
    { state, ruleId, before }: { state: ApprovalState | null; ruleId: string | null; before: string | null },
    limit: number,
  ): Promise<StoredRuleApproval[]> {
    const where = { ...(state && { state }), ...(ruleId && { ruleId }), ...(before && { id: LessThan(before) }) };
    return manager.find(ruleApprovalEntity, { where, order: { id: 'DESC' }, take: limit });
  }

  async insert(tx: EntityManager, approval: StoredRuleApproval): Promise<void> {
    await tx.insert(ruleApprovalEntity, approval);
  }

  async update(tx: EntityManager, { id, ...approval }: StoredRuleApproval): Promise<void> {
    await tx.update(ruleApprovalEntity, { id }, approval);
  }
}
