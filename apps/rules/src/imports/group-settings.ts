import type { RuleGroupInput } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RuleGroupsService } from '../rule-groups/rule-groups.service';
import { RuleGroupsStore } from '../rule-groups/rule-groups.store';
import type { ImportGroup } from './import-groups';
import type { LeasedImport } from './rule-imports.store';

/** Gives groups the settings that files say. */
@Injectable()
export class GroupSettings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleGroupsStore,
    private readonly groups: RuleGroupsService,
  ) {}

  /** Errors: `conflict` when a rule file could not tell the group from another one; `invalid`. */
  async take({ options, actor }: LeasedImport, { namespace, name, settings, items }: ImportGroup): Promise<void> {
    const stored = await this.store.named(this.dataSource.manager, namespace, name);
    const input: RuleGroupInput = { namespace, name, ...settings };
    const isSame = stored !== null && sameSettings(stored, input);
    const isLeftAlone =
      stored !== null &&
      options.on_conflict !== undefined &&
      options.on_conflict !== null &&
      options.on_conflict !== 'update';
    // The group of a rule is made with it; one without rules would not be.
    const isPlainNew = stored === null && items.length > 0 && Object.keys(settings ?? {}).length === 0;
    if (isSame || isLeftAlone || isPlainNew || options.dry_run) return;
    await this.groups.save({ group: input, save: 'either', actor });
  }
}

function sameSettings(
  stored: { interval: string | null; limit: number | null; queryOffset: string | null; labels: Record<string, string> },
  { interval, limit, query_offset, labels }: RuleGroupInput,
): boolean {
  const sorted = (map: Record<string, string>) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    stored.interval === (interval || null) &&
    (stored.limit || null) === (limit || null) &&
    stored.queryOffset === (query_offset || null) &&
    JSON.stringify(sorted(stored.labels)) === JSON.stringify(sorted(labels ?? {}))
  );
}
