import type { Actor } from '@alertagent/contracts';
import { AuditLog } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ruleView } from '../rules/rule-view';
import type { RuleChange } from '../rules/rule-version.entity';
import type { StoredRule } from '../rules/rule.entity';
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

  /** Called last in the transaction that makes the change: from here to commit the end of the audit log is held. */
  async record(tx: EntityManager, change: RecordedChange): Promise<void> {
    const { kind, actor, before, after, reason, restores } = change;
    const view = ruleView(after);
    const createdAt = after.updatedAt;
    const key = { ruleId: after.id, version: after.version };
    await this.rules.addVersion(tx, { ...key, change: kind, author: actor.name, createdAt, rule: view });
    const auditSeq = await this.audit.record(tx, {
      actor,
      action: `rule.${kind}`,
      resource_type: 'rule',
      resource_id: after.id,
      before: before && ruleView(before),
      after: auditedAfter(change),
    });
    const note = { reason: reason ?? null, restores: restores ?? null, contentHash: contentHash(view) };
    await this.notes.add(tx, { ...key, ...note, auditSeq, createdAt });
  }
}

function auditedAfter({ kind, after, reason }: RecordedChange): object | null {
  const why = reason ? { reason } : {};
  if (kind === 'deleted') return reason ? why : null;
  return { ...ruleView(after), ...why };
}
