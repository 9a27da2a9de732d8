import {
  printRuleFile,
  printRuleResource,
  RenderError,
  renderedGroupName,
  resourceName,
  type FileGroup,
} from '@alertagent/alerting';
import { ServiceError, type ExportRules, type RuleExportPart } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RuleGroupsStore } from '../rule-groups/rule-groups.store';
import { fileRuleOf } from '../rules/file-rule';
import { RulesStore } from '../rules/rules.store';
import { readExportCursor, writeExportCursor, type ExportCursor } from './export-cursor';

/** Groups that are read for one piece, and the size at which it is full: a message is limited. */
const GROUPS_PER_PART = 100;
const LARGEST_PART = 250_000;
const HEADING = 'groups:\n';

type Named = { namespace: string; group: FileGroup };

/** Prints rules as files, piece by piece. */
@Injectable()
export class RuleExporter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: RulesStore,
    private readonly groups: RuleGroupsStore,
  ) {}

  /** Errors: `invalid` when the cursor is none of ours, or a rule can not be written down exactly. */
  async part(query: ExportRules): Promise<RuleExportPart> {
    const cursor = query.cursor ? readExportCursor(query.cursor) : null;
    const { found, last } = await this.read(query, cursor);
    try {
      return query.format === 'crd' ? asResources(found, cursor, last) : asFile(found, cursor, last, query);
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      throw new ServiceError('invalid', `a rule can not be written down exactly: ${error.reason.slice(0, 100)}`);
    }
  }

  /** Groups that have something to show, in order; `last` is null when there are no more. */
  private async read(
    { namespace, group: name, owner }: ExportRules,
    after: ExportCursor | null,
  ): Promise<{ found: Named[]; last: { namespace: string; name: string } | null }> {
    const { manager } = this.dataSource;
    const page = await this.groups.list(manager, { namespace, name, after }, GROUPS_PER_PART + 1);
    const found: Named[] = [];
    let room = LARGEST_PART;
    for (const [index, stored] of page.slice(0, GROUPS_PER_PART).entries()) {
      const all = await this.rules.ofGroup(manager, { namespace: stored.namespace, group: stored.name });
      const shown = all.filter((rule) => rule.enabled && (!owner || rule.owner === owner));
      const { interval, limit, queryOffset, labels } = stored;
      const group: FileGroup = {
        name: stored.name,
        ...(interval ? { interval } : {}),
        ...(queryOffset ? { query_offset: queryOffset } : {}),
        ...(limit ? { limit } : {}),
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
        rules: shown.map(fileRuleOf),
      };
      const size = JSON.stringify(group).length;
      const before = page[index - 1];
      if (size > room && before && found.length > 0) return { found, last: before };
      room -= size;
      // A group whose rules are all left out is left out too; one that has none is shown.
      if (shown.length > 0 || (all.length === 0 && !owner)) found.push({ namespace: stored.namespace, group });
    }
    return { found, last: page.length > GROUPS_PER_PART ? (page[GROUPS_PER_PART - 1] ?? null) : null };
  }
}

function asFile(
  found: readonly Named[],
  cursor: ExportCursor | null,
  last: { namespace: string; name: string } | null,
  { namespace }: ExportRules,
): RuleExportPart {
  const isPlain = typeof namespace === 'string';
  const groups = found.map(({ namespace: own, group }) => {
    return isPlain ? group : { ...group, name: renderedGroupName(own, group.name) };
  });
  const begun = cursor?.begun ?? false;
  const next_cursor = last && writeExportCursor({ ...last, begun: begun || groups.length > 0, part: 0 });
  if (groups.length > 0)
    return { text: begun ? printRuleFile(groups).slice(HEADING.length) : printRuleFile(groups), next_cursor };
  return { text: begun || last ? '' : printRuleFile([]), next_cursor };
}

/** A resource per namespace; one that is large goes on in another resource, since Kubernetes limits their size. */
function asResources(
  found: readonly Named[],
  cursor: ExportCursor | null,
  last: { namespace: string; name: string } | null,
): RuleExportPart {
  const byNamespace = new Map<string, FileGroup[]>();
  for (const { namespace, group } of found) byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), group]);
  let begun = cursor?.begun ?? false;
  let [namespace, part] = [cursor?.namespace ?? null, cursor?.part ?? 0];
  let text = '';
  for (const [own, groups] of byNamespace) {
    part = own === namespace ? part + 1 : 1;
    namespace = own;
    const { name, namespace: space } = resourceName(own);
    const metadata = { name: part === 1 ? name : `${name}-${part}`, namespace: space };
    text += (begun ? '---\n' : '') + printRuleResource(metadata, groups);
    begun = true;
  }
  return {
    text,
    next_cursor: last && writeExportCursor({ ...last, begun, part: last.namespace === namespace ? part : 0 }),
  };
}
