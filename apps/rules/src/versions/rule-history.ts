import type { Actor } from '@alertagent/contracts';
import { AuditLog } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ruleView } from '../rules/rule-view';
import type { RuleChange } from '../rules/stored-rule-version';
import type { StoredRule } from '../rules/stored-rule';
import { RulesStore } from '../rules/rules.store';
import { contentHash } from './content-hash';
import { VersionNotesStore } from './version-notes.store';

/** What somebody did to a rule, with the rule before and after. */
export interface RecordedChange {
  kind: RuleChange;
  actor: Actor;
  before: StoredRule | null;
  after: StoredRule;
  /** Why, in the author's words. */
  reason?: string | null;
  /** The earlier version whose content it brings back. */
  restores?: number | null;
}

/** Keeps every change of a rule as a version that names its entry in the audit log. */
@Injectable()
export class RuleHistory {
  constructor(
    private readonly rules: RulesStore,
    private readonly notes: VersionNotesStore,
    private readonly audit: AuditLog,
  ) {}

  /** Called last in the transaction that makes the changes: from here to commit the end of the audit log is held. */
  async recordAll(tx: EntityManager, changes: readonly RecordedChange[]): Promise<void> {
    if (changes.length === 0) return;
    const views = changes.map(({ after }) => ruleView(after));
    const keys = changes.map(({ after }) => ({ ruleId: after.id, version: after.version, createdAt: after.updatedAt }));
    await this.rules.addVersions(
      tx,
      changes.map(({ kind, actor }, index) => ({
        ...keys[index]!,
        change: kind,
        author: actor.name,
        rule: views[index]!,
      })),
    );
    const last = await this.audit.recordAll(
      tx,
      changes.map((change) => ({
        actor: change.actor,
        action: `rule.${change.kind}`,
        resource_type: 'rule',
        resource_id: change.after.id,
        before: change.before && ruleView(change.before),
        after: auditedAfter(change),
      })),
    );
    await this.notes.addAll(
      tx,
      changes.map(({ reason, restores }, index) => ({
        ...keys[index]!,
        reason: reason ?? null,
        restores: restores ?? null,
        contentHash: contentHash(views[index]!),
        auditSeq: last - changes.length + 1 + index,
      })),
    );
  }
}

function auditedAfter({ kind, after, reason }: RecordedChange): object | null {
  const why = reason ? { reason } : {};
  if (kind === 'deleted') return reason ? why : null;
  return { ...ruleView(after), ...why };
}
