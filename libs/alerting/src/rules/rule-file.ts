import { parse } from 'yaml';
import {
  joinYamlList,
  renderListItem,
  renderYaml,
  RenderError,
  type ManifestEntry,
  type RenderedFile,
  type YamlValue,
} from '../rendered-file';
import { fileMarker } from './file-marker';
import { GroupTexts } from './group-texts';
import type { RuleDefinition } from './rule';

/** A rule at the version that a cluster should have, as it is there: overrides applied, placeholders filled in. */
export interface PlacedRule extends Omit<RuleDefinition, 'interval'> {
  /** Becomes the annotation that proves, read back from Prometheus, which rule was loaded. */
  rule_id: string;
  version: number;
  /** `alerting` when absent. */
  kind?: 'alerting' | 'recording';
  /** None when absent or empty. */
  namespace?: string;
  /** Its place in the group; 0 when absent. */
  position?: number;
  /** Its version alone does not tell what it is like there. */
  overridden?: boolean;
}

/** Settings of a group; what is absent or null is as Prometheus has it. */
export interface PlacedGroup {
  namespace: string;
  name: string;
  interval?: string | null;
  limit?: number | null;
  query_offset?: string | null;
  labels: Record<string, string>;
}

/** Group of rules whose author named none. */
const DEFAULT_GROUP = 'alertagent';

/** Group of the canary, whose settings are always the same. */
export const CANARY_GROUP = 'alertagent-canary';

/** Annotations of ours. They do not change an alert's identity, and Prometheus shows them unexpanded. */
const RULE_ID_ANNOTATION = 'alertagent_rule_id';
const RULE_VERSION_ANNOTATION = 'alertagent_rule_version';

/** A group's name in a rule file that holds the groups of all namespaces. */
export const renderedGroupName = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name;

/**
 * Renders the Prometheus rule file of one cluster. The same rules give the same bytes in whatever order they come,
 * so an unchanged rule set never causes a reload. `settings` of groups without rules are left out. Throws a RenderError when a
 * value cannot be written exactly; whether Prometheus accepts the rules is for {@link validateRule} to say, before they get here.
 * With the `texts` of earlier files only those groups are written anew in which something changed.
 */
export function renderRuleFile(
  rules: readonly PlacedRule[],
  settings: readonly PlacedGroup[] = [],
  texts = new GroupTexts(0),
): RenderedFile {
  const groups = groupsOf(rules, settings);
  const manifest = groups.flatMap(({ name, members }) => members.map((rule) => manifestEntry(rule, name)));
  try {
    const written = groups.map((group) => texts.of(group.name, group, groupEntry));
    const items = written.map(({ yaml }) => yaml);
    if (groups.some(needsMarker)) {
      const json = written.map((text) => text.json);
      const marker = fileMarker(json, identity);
      items.push(renderListItem('groups', marker.group));
      manifest.push(marker.entry);
    }
    return { ...joinYamlList('groups', items), rules: manifest.length, manifest };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    // A group alone does not know its place. This fails too, and tells it.
    renderYaml({ groups: groups.map(groupEntry) });
    throw error;
  }
}

/**
 * Reads back which of our rules a rule file holds; rules without our annotations are left out.
 * Throws a SyntaxError when the text is no rule file.
 */
export function readRuleFile(content: string): ManifestEntry[] {
  const entries: ManifestEntry[] = [];
  let file: unknown;
  try {
    file = parse(content, { maxAliasCount: 0, prettyErrors: false });
  } catch (cause) {
    throw new SyntaxError('the text is not YAML', { cause });
  }
  for (const group of listIn(file, 'groups')) {
    for (const rule of listIn(group, 'rules')) {
      const annotations = fieldOf(rule, 'annotations');
      const ruleId = fieldOf(annotations, RULE_ID_ANNOTATION);
      const version = Number(fieldOf(annotations, RULE_VERSION_ANNOTATION));
      const [groupName, name] = [fieldOf(group, 'name'), fieldOf(rule, 'alert')];
      if (typeof ruleId !== 'string' || typeof groupName !== 'string' || typeof name !== 'string') continue;
      if (Number.isSafeInteger(version))
        entries.push({ rule_id: ruleId, rule_version: version, group: groupName, name });
    }
  }
  return entries;
}

/** A group and all that is in it. */
interface Group {
  name: string;
  settings: PlacedGroup | null;
  members: PlacedRule[];
}

/** Groups by name, rules in the order they are evaluated in. */
function groupsOf(rules: readonly PlacedRule[], settings: readonly PlacedGroup[]): Group[] {
  const settingsOf = new Map(settings.map((group) => [renderedGroupName(group.namespace, group.name), group]));
  const groups = new Map<string, Group>();
  for (const rule of rules) {
    const name = renderedGroupName(rule.namespace, rule.group || DEFAULT_GROUP);
    const known = groups.get(name);
    if (known) known.members.push(rule);
    else groups.set(name, { name, settings: settingsOf.get(name) ?? null, members: [rule] });
  }
  for (const { members } of groups.values())
    members.sort(
      (a, b) => (a.position ?? 0) - (b.position ?? 0) || compare(a.name, b.name) || compare(a.rule_id, b.rule_id),
    );
  return [...groups.values()].sort((a, b) => compare(a.name, b.name));
}

function manifestEntry({ rule_id, version, kind, name }: PlacedRule, group: string): ManifestEntry {
  const entry = { rule_id, rule_version: version, group, name };
  return kind === 'recording' ? { ...entry, kind } : entry;
}

/** Whether annotations alone do not tell what of the group was loaded. The canary's never changes: its rule's version stands for it. */
const needsMarker = ({ name, settings, members }: Group): boolean =>
  members.some(({ kind, overridden }) => kind === 'recording' || overridden === true) ||
  (name !== CANARY_GROUP && Object.keys(groupHeader(settings)).length > 0);

const groupEntry = ({ name, settings, members }: Group): YamlValue => ({
  name,
  ...groupHeader(settings),
  rules: members.map(ruleEntry),
});

function groupHeader(group: PlacedGroup | null): { [key: string]: YamlValue } {
  if (!group) return {};
  const labels = sortedEntries(group.labels);
  return {
    ...(group.interval ? { interval: group.interval } : {}),
    ...(group.query_offset ? { query_offset: group.query_offset } : {}),
    ...(group.limit ? { limit: group.limit } : {}),
    ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}),
  };
}

const identity = (id: string, version: number): { [key: string]: YamlValue } => ({
  [RULE_ID_ANNOTATION]: id,
  [RULE_VERSION_ANNOTATION]: String(version),
});

function ruleEntry(rule: PlacedRule): YamlValue {
  const labels = sortedEntries(rule.labels);
  if (rule.severity) labels.push(['severity', rule.severity]);
  const labelled: { [key: string]: YamlValue } = labels.length > 0 ? { labels: Object.fromEntries(labels) } : {};
  if (rule.kind === 'recording') return { record: rule.name, expr: rule.expression, ...labelled };
  return {
    alert: rule.name,
    expr: rule.expression,
    ...(rule.duration ? { for: rule.duration } : {}),
    ...(rule.keep_firing_for ? { keep_firing_for: rule.keep_firing_for } : {}),
    ...labelled,
    // Object.fromEntries defines properties, so a name such as __proto__ stays data.
    annotations: { ...Object.fromEntries(sortedEntries(rule.annotations)), ...identity(rule.rule_id, rule.version) },
  };
}

function sortedEntries(record: Record<string, string>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => compare(a, b));
}

/** By UTF-16 code unit: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function listIn(value: unknown, name: string): unknown[] {
  const list = fieldOf(value, name);
  if (!Array.isArray(list)) throw new SyntaxError(`the text is not a rule file: ${name} is not a list`);
  return list;
}
