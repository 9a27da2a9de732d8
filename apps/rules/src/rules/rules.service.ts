import {
  ServiceError,
  type CreateRule,
  type DeleteRule,
  type RestoreRule,
  type RestoreRuleVersion,
  type RuleView,
  type UpdateRule,
} from '@alertagent/contracts';
import { Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RuleChanges, type ChangeNote } from './rule-changes';
import { ruleContent } from './rule-content';
import { RuleDecisions } from './rule-decisions';
import { RuleTargets } from './rule-targets';
import { ruleInputOf, ruleView } from './rule-view';
import type { StoredRule } from './stored-rule';
import { RulesStore } from './rules.store';

/** Creates, changes, deletes and restores rules. */
@Injectable()
export class RulesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RulesStore,
    private readonly targets: RuleTargets,
    private readonly changes: RuleChanges,
    private readonly decisions: RuleDecisions,
    private readonly clock: Clock,
  ) {}

  /**
   * Under a new id, or one that the caller has written down before. Errors: `invalid` (with pointers into the rule), `conflict` when the
   * group has the rule already, `unavailable`.
   */
  async create({ rule: input, allow_duplicate, actor }: CreateRule, id: string = newId()): Promise<RuleView> {
    const content = ruleContent(input, actor);
    const resolved = await this.targets.resolve(content);
    const now = this.clock.now();
    const identity = { id, version: 1, createdAt: now, updatedAt: now, duplicateNo: 0 };
    const rule = await this.changes.commit({ kind: 'created', actor, reason: input.reason }, (tx) =>
      this.decisions.write(tx, { before: null, identity, content, resolved, allowDuplicate: allow_duplicate === true }),
    );
    return ruleView(rule);
  }

  /**
   * Replaces a rule. The same content again makes no new version. Errors: as for `create`, `not_found`, and `conflict`
   * (`version_mismatch`) when the rule is not at `expected_version`.
   */
  update(query: UpdateRule): Promise<RuleView> {
    return this.replace(query, { kind: 'updated', reason: query.rule.reason });
  }

  /** Makes the content of an earlier version the newest one, checked as if it were written now. Errors: as for `update`. */
  async restoreVersion({ id, version, reason, expected_version, actor }: RestoreRuleVersion): Promise<RuleView> {
    const { manager } = this.dataSource;
    expectVersion(await this.store.find(manager, id), expected_version);
    const row = await this.store.version(manager, id, version);
    if (!row) throw new ServiceError('not_found', `the rule has no version ${version}`);
    const rule = ruleInputOf(row.rule);
    return this.replace({ id, rule, expected_version, actor }, { kind: 'restored', reason, restores: version });
  }

  private async replace(
    { id, rule: input, expected_version, actor }: UpdateRule,
    note: Omit<ChangeNote, 'actor'>,
  ): Promise<RuleView> {
    // Before anything is asked of others; decided again under the lock.
    expectVersion(await this.store.find(this.dataSource.manager, id), expected_version);
    const content = ruleContent(input, actor);
    const resolved = await this.targets.resolve(content);
    const rule = await this.changes.commit({ ...note, actor }, async (tx) => {
      const before = expectVersion(await this.store.find(tx, id), expected_version);
      return this.decisions.write(tx, { before, identity: this.next(before), content, resolved });
    });
    return ruleView(rule);
  }

  /**
   * The rule is gone from every list at once; its removal from the clusters can be followed. Answers false when it waits for
   * approval. Errors: `not_found`, `conflict`.
   */
  async delete({ id, expected_version, reason, actor }: DeleteRule): Promise<boolean> {
    const rule = await this.changes.commit({ kind: 'deleted', actor, reason }, async (tx) => {
      const before = expectVersion(await this.store.find(tx, id), expected_version);
      return this.decisions.remove(before, this.clock.now());
    });
    return rule.deletedAt !== null;
  }

  /**
   * Brings a deleted rule back as its next version. Errors: `not_found`; `conflict` when it is not deleted or its group has
   * the like by now; `invalid` when a cluster that it names is gone.
   */
  async restore({ id, reason, actor }: RestoreRule): Promise<RuleView> {
    const deleted = expectDeleted(await this.store.find(this.dataSource.manager, id));
    const content = ruleContent(ruleInputOf(ruleView(deleted)), actor);
    const resolved = await this.targets.resolve(content);
    const rule = await this.changes.commit({ kind: 'restored', actor, reason }, async (tx) => {
      const before = expectDeleted(await this.store.find(tx, id));
      return this.decisions.write(tx, { before, identity: this.next(before), content, resolved });
    });
    return ruleView(rule);
  }

  private next({ id, version, createdAt, duplicateNo }: StoredRule) {
    return { id, version: version + 1, createdAt, updatedAt: this.clock.now(), duplicateNo };
  }
}

function expectVersion(rule: StoredRule | null, expected: number | null | undefined): StoredRule {
  if (!rule || rule.deletedAt) throw new ServiceError('not_found', 'there is no such rule');
  if (expected !== null && expected !== undefined && rule.version !== expected) {
    const detail = `the rule is at version ${rule.version}, not ${expected}`;
    throw new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
  }
  return rule;
}

function expectDeleted(rule: StoredRule | null): StoredRule {
  if (!rule) throw new ServiceError('not_found', 'there is no such rule');
  if (!rule.deletedAt) throw new ServiceError('conflict', 'the rule is not deleted');
  return rule;
}
