import { parseDuration, pointerTo, type FieldProblem } from '@alertagent/alerting';
import {
  ServiceError,
  type DeleteRuleGroup,
  type ListRuleGroups,
  type RuleGroupInput,
  type RuleGroupPage,
  type RuleGroupView,
  type SaveRuleGroup,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PolicedGroups } from '../approvals/policed-groups';
import type { StoredRuleGroup } from './stored-rule-group';
import { RuleGroupUse } from './rule-group-use';
import { RuleGroupsStore, sameName } from './rule-groups.store';

const DEFAULT_LIMIT = 50;

type GroupSettings = Pick<StoredRuleGroup, 'interval' | 'limit' | 'queryOffset' | 'labels'>;

/** Rule groups and their settings. */
@Injectable()
export class RuleGroupsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleGroupsStore,
    private readonly use: RuleGroupUse,
    private readonly policed: PolicedGroups,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found`. */
  async get(id: string): Promise<RuleGroupView> {
    const { manager } = this.dataSource;
    return this.view(manager, expectGroup(await this.store.find(manager, id)));
  }

  /** By namespace and name. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, namespace, name }: ListRuleGroups): Promise<RuleGroupPage> {
    const { manager } = this.dataSource;
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(manager, { namespace, name, after: readCursor(cursor) }, size + 1);
    const groups = found.slice(0, size);
    const items: RuleGroupView[] = [];
    for (const group of groups) items.push(await this.view(manager, group));
    const last = groups.at(-1);
    return { items, next_cursor: found.length > size && last ? writeCursor(last) : null };
  }

  /**
   * Makes a group or changes its settings; every cluster that has rules of it gets them. Errors: `invalid` with pointers;
   * `conflict` when it exists but should not, or has another version; `not_found`; `forbidden` when its rules need a second person.
   */
  save({ id, group: input, save, expected_version, actor }: SaveRuleGroup): Promise<RuleGroupView> {
    const { namespace, name, ...settings } = checked(input);
    return inTransaction(this.dataSource, async (tx) => {
      await this.use.lock(tx);
      const now = this.clock.now();
      const before = id ? expectGroup(await this.store.find(tx, id)) : await this.store.named(tx, namespace, name);
      if (before && (before.namespace !== namespace || before.name !== name)) throw id ? renamed() : sameName(before);
      if (before && save === 'create') throw new ServiceError('conflict', 'the group exists already');
      if (!before && save === 'replace') throw new ServiceError('not_found', 'there is no such rule group');
      expectVersion(before, expected_version);
      if (before && isSame(before, settings)) return this.view(tx, before);
      await this.policed.admit(tx, { namespace, name, labels: [before?.labels ?? {}, settings.labels] }, actor);
      const after = before
        ? { ...before, ...settings, version: before.version + 1, updatedAt: now }
        : { id: newId(), namespace, name, ...settings, version: 1, createdAt: now, updatedAt: now };
      if ('nameKey' in after) await this.store.replace(tx, after);
      else await this.store.insert(tx, after);
      await this.use.tellClusters(tx, after, now);
      const view = await this.view(tx, after);
      await this.audit.record(tx, {
        actor,
        action: before ? 'rule_group.updated' : 'rule_group.created',
        resource_type: 'rule_group',
        resource_id: after.id,
        before: before && (await this.view(tx, before)),
        after: view,
      });
      return view;
    });
  }

  /** Errors: `not_found`; `conflict` while it has rules, or when it has another version. */
  async delete({ id, expected_version, actor }: DeleteRuleGroup): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await this.use.lock(tx);
      const group = expectGroup(await this.store.find(tx, id));
      expectVersion(group, expected_version);
      const before = await this.view(tx, group);
      if (before.rules > 0) throw new ServiceError('conflict', `the group has ${before.rules} rules`);
      await this.store.delete(tx, id);
      await this.audit.record(tx, {
        actor,
        action: 'rule_group.deleted',
        resource_type: 'rule_group',
        resource_id: id,
        before,
        after: null,
      });
    });
  }

  private async view(manager: EntityManager, group: Omit<StoredRuleGroup, 'nameKey'>): Promise<RuleGroupView> {
    return {
      id: group.id,
      namespace: group.namespace,
      name: group.name,
      interval: group.interval,
      limit: group.limit,
      query_offset: group.queryOffset,
      labels: group.labels,
      rules: await this.use.rules(manager, group),
      version: group.version,
      created_at: group.createdAt.toISOString(),
      updated_at: group.updatedAt.toISOString(),
    };
  }
}

function checked(input: RuleGroupInput): GroupSettings & Pick<StoredRuleGroup, 'namespace' | 'name'> {
  const namespace = input.namespace ?? '';
  const labels = Object.fromEntries(Object.entries(input.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  const problems: FieldProblem[] = [
    ...durationProblem('interval', input.interval, 1),
    ...durationProblem('query_offset', input.query_offset, 0),
    ...Object.keys(labels).flatMap((label): FieldProblem[] =>
      label === '__name__' || label.startsWith('alertagent_')
        ? [{ pointer: pointerTo('labels', label), code: 'reserved', detail: 'this name is taken' }]
        : [],
    ),
  ];
  if (namespace !== namespace.trim() || !namespace.isWellFormed() || /\p{Cc}/u.test(namespace))
    problems.push({
      pointer: '/namespace',
      code: 'control_character',
      detail: 'expected one line without blanks at the ends',
    });
  const [first] = problems;
  if (first) throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`, { errors: problems });
  const { name, interval, limit, query_offset } = input;
  return {
    namespace,
    name,
    interval: interval || null,
    limit: limit || null,
    queryOffset: query_offset || null,
    labels,
  };
}

function durationProblem(field: string, text: string | null | undefined, leastMs: number): FieldProblem[] {
  if (!text) return [];
  const ms = parseDuration(text);
  if (ms !== null && ms >= leastMs) return [];
  return [{ pointer: pointerTo(field), code: 'bad_duration', detail: 'expected a duration such as 30s, 5m or 1h30m' }];
}

const isSame = (group: StoredRuleGroup, settings: GroupSettings): boolean =>
  JSON.stringify([group.interval, group.limit, group.queryOffset, group.labels]) ===
  JSON.stringify([settings.interval, settings.limit, settings.queryOffset, settings.labels]);

function expectGroup(group: StoredRuleGroup | null): StoredRuleGroup {
  if (!group) throw new ServiceError('not_found', 'there is no such rule group');
  return group;
}

function expectVersion(group: StoredRuleGroup | null, expected: number | null | undefined): void {
  if (expected === null || expected === undefined || group?.version === expected) return;
  const detail = `the group is at version ${group?.version ?? 'none'}, not ${expected}`;
  throw new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
}

function renamed(): ServiceError {
  const detail = 'a group cannot be renamed; move its rules to another one';
  return new ServiceError('invalid', `/name: ${detail}`, {
    errors: [{ pointer: '/name', code: 'immutable', detail }],
  });
}

const writeCursor = ({ namespace, name }: StoredRuleGroup): string =>
  Buffer.from(JSON.stringify([namespace, name])).toString('base64url');

function readCursor(cursor: string | null | undefined): { namespace: string; name: string } | null {
  if (!cursor) return null;
  try {
    const [namespace, name] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (typeof namespace === 'string' && typeof name === 'string') return { namespace, name };
  } catch {
    // Not JSON: none of ours either.
  }
  throw new ServiceError('invalid', '/cursor: not a cursor of this list', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
  });
}
