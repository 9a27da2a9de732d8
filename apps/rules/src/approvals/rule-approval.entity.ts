import type { Actor, ApprovalState, ApproverRole } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema, type ValueTransformer } from 'typeorm';
import type { RuleChange } from '../rules/stored-rule-version';
import type { StoredRule } from '../rules/stored-rule';

/** One version of a rule that a second person has to approve before it is distributed. */
export interface StoredRuleApproval {
  id: string;
  ruleId: string;
  ruleName: string;
  version: number;
  contentHash: string;
  change: RuleChange;
  state: ApprovalState;
  /** The rule's id while this version is the newest and not the one that runs: pending, or rejected. Null afterwards. */
  openRuleId: string | null;
  /** The version that runs while this is open; null when none does. */
  placedVersion: number | null;
  /** The rule as it was at `placedVersion`. Kept for ever: clusters may be asking for it while this is decided. */
  placedRule: StoredRule | null;
  /** Everybody who changed the rule since `placedVersion`. */
  authors: Actor[];
  reason: string | null;
  /** Names, as they were when it was asked. */
  policies: string[];
  approverRole: ApproverRole;
  requestedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionReason: string | null;
}

/** As JSON, with its times as they are in it. */
const storedRule: ValueTransformer = {
  to: (rule: StoredRule | null) => rule && JSON.stringify(rule),
  from: (text: string | null): StoredRule | null => {
    if (text === null) return null;
    const rule = JSON.parse(text) as StoredRule;
    const timeOf = (time: Date): Date => new Date(time);
    return { ...rule, createdAt: timeOf(rule.createdAt), updatedAt: timeOf(rule.updatedAt), deletedAt: null };
  },
};

export const ruleApprovalEntity = new EntitySchema<StoredRuleApproval>({
  name: 'rule_approvals',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36 },
    ruleName: { name: 'rule_name', type: 'varchar', length: 200 },
    version: { type: 'int' },
    contentHash: { name: 'content_hash', type: 'varchar', length: 64 },
    change: { name: 'change_kind', type: 'varchar', length: 20 },
    state: { type: 'varchar', length: 20 },
    openRuleId: { name: 'open_rule_id', type: 'varchar', length: 36, nullable: true },
    placedVersion: { name: 'placed_version', type: 'int', nullable: true },
    placedRule: { name: 'placed_rule', type: 'longtext', nullable: true, transformer: storedRule },
    authors: { type: 'longtext', transformer: json<Actor[]>() },
    reason: { type: 'longtext', nullable: true },
    policies: { type: 'longtext', transformer: json<string[]>() },
    approverRole: { name: 'approver_role', type: 'varchar', length: 20 },
    requestedAt: { name: 'requested_at', type: 'bigint', transformer: epochMs },
    decidedBy: { name: 'decided_by', type: 'varchar', length: 200, nullable: true },
    decidedAt: { name: 'decided_at', type: 'bigint', nullable: true, transformer: epochMs },
    decisionReason: { name: 'decision_reason', type: 'longtext', nullable: true },
  },
  indices: [
    { name: 'UQ_rule_approvals_open', columns: ['openRuleId'], unique: true },
    { name: 'IX_rule_approvals_rule', columns: ['ruleId'] },
    { name: 'IX_rule_approvals_state', columns: ['state'] },
  ],
});
