import { CANARY_RULE_ID, MARKER_RULE_ID } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RulesStore } from '../rules/rules.store';
import type { ImportGroup, ImportItem } from './import-groups';

/** Finds out which rules of a source this AlertAgent put there itself. */
@Injectable()
export class OwnRules {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RulesStore,
  ) {}

  /** Those of a group, each with the id of its rule; null for what is no rule of anybody's. */
  async of(group: ImportGroup): Promise<Map<ImportItem, string | null>> {
    const own = new Map<ImportItem, string | null>();
    const known = await this.live(group.items.flatMap(({ managedId }) => managedId ?? []));
    const recorded = group.isRendered ? await this.recordedAs(group.name) : new Map<string, string>();
    for (const item of group.items) {
      const { managedId, name, kind } = item;
      if (managedId === CANARY_RULE_ID || managedId === MARKER_RULE_ID) own.set(item, null);
      else if (managedId !== null && known.has(managedId)) own.set(item, managedId);
      else if (kind === 'recording' && recorded.has(name)) own.set(item, recorded.get(name)!);
    }
    return own;
  }

  private async live(ids: readonly string[]): Promise<Set<string>> {
    const found = await this.store.byIds(this.dataSource.manager, ids);
    return new Set([...found.values()].filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id));
  }

  /** Recording rules carry no mark; in a file of ours their group, as it is rendered, and their name tell which they are. */
  private async recordedAs(rendered: string): Promise<Map<string, string>> {
    const recorded = new Map<string, string>();
    for (const place of placesOf(rendered))
      for (const { id, kind, name } of await this.store.ofGroup(this.dataSource.manager, place))
        if (kind === 'recording') recorded.set(name, id);
    return recorded;
  }
}

/** `a/b/c` is the group `c` of `a/b`, `b/c` of `a`, or `a/b/c` of no namespace. */
function* placesOf(rendered: string): Generator<{ namespace: string; group: string }> {
  yield { namespace: '', group: rendered };
  for (let at = rendered.indexOf('/'); at !== -1; at = rendered.indexOf('/', at + 1))
    yield { namespace: rendered.slice(0, at), group: rendered.slice(at + 1) };
}
