import { diffRules } from '@alertagent/alerting';
import {
  ServiceError,
  type DiffRuleVersions,
  type GetRuleVersion,
  type ListRuleVersions,
  type RuleDiffView,
  type RuleVersionPage,
  type RuleVersionView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ruleInputOf } from '../rules/rule-view';
import type { StoredRuleVersion } from '../rules/stored-rule-version';
import type { StoredRule } from '../rules/stored-rule';
import { RulesStore } from '../rules/rules.store';
import type { StoredVersionNote } from './version-note.entity';
import { VersionNotesStore } from './version-notes.store';

const DEFAULT_LIMIT = 50;
const NEWER_THAN_ALL = 2_147_483_647;

/** Answers questions about versions, those of deleted rules included. */
@Injectable()
export class VersionReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: RulesStore,
    private readonly notes: VersionNotesStore,
  ) {}

  /** Newest first. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async list({ id, cursor, limit }: ListRuleVersions): Promise<RuleVersionPage> {
    if (cursor && !/^[0-9]{1,9}$/.test(cursor)) {
      const problem = { pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' };
      throw new ServiceError('invalid', '/cursor: not a cursor of this list', { errors: [problem] });
    }
    await this.known(id);
    const size = limit ?? DEFAULT_LIMIT;
    const before = cursor ? Number(cursor) : NEWER_THAN_ALL;
    const found = await this.rules.versions(this.dataSource.manager, id, { before, limit: size + 1 });
    const items = await this.views(id, found.slice(0, size));
    return { items, next_cursor: found.length > size ? String(items.at(-1)?.version) : null };
  }

  /** Errors: `not_found`. */
  async get({ id, version }: GetRuleVersion): Promise<RuleVersionView> {
    const [view] = await this.views(id, [await this.row(id, version)]);
    return view!;
  }

  /** Errors: `not_found`. */
  async diff({ id, from, to }: DiffRuleVersions): Promise<RuleDiffView> {
    const newest = await this.known(id);
    const newer = to ?? newest.version;
    const older = from ?? newer - 1;
    const after = await this.row(id, newer);
    const before = older === 0 ? null : await this.row(id, older);
    const diff = diffRules(before ? { ...ruleInputOf(before.rule) } : {}, { ...ruleInputOf(after.rule) });
    return { rule_id: id, from: older, to: newer, ...diff };
  }

  private async known(id: string): Promise<StoredRule> {
    const rule = await this.rules.find(this.dataSource.manager, id);
    if (!rule) throw new ServiceError('not_found', 'there is no such rule');
    return rule;
  }

  private async row(id: string, version: number): Promise<StoredRuleVersion> {
    const row = await this.rules.version(this.dataSource.manager, id, version);
    if (row) return row;
    await this.known(id);
    throw new ServiceError('not_found', `the rule has no version ${version}`);
  }

  private async views(id: string, rows: readonly StoredRuleVersion[]): Promise<RuleVersionView[]> {
    const versions = rows.map(({ version }) => version);
    const notes = await this.notes.ofRule(this.dataSource.manager, id, versions);
    return rows.map((row) => versionView(row, notes.get(row.version)));
  }
}

const versionView = (row: StoredRuleVersion, note: StoredVersionNote | undefined): RuleVersionView => ({
  version: row.version,
  change: row.change,
  author: row.author,
  reason: note?.reason ?? null,
  restores: note?.restores ?? null,
  content_hash: note?.contentHash ?? null,
  audit_seq: note?.auditSeq ?? null,
  created_at: row.createdAt.toISOString(),
  rule: row.rule,
});
