import { parse } from 'yaml';
import { renderYaml, type ManifestEntry, type RenderedFile, type YamlValue } from '../rendered-file';
import type { RuleDefinition } from './rule';

/** A rule at the version that a cluster should have. */
export interface PlacedRule extends RuleDefinition {
  /** Becomes the annotation that proves, read back from Prometheus, which rule was loaded. */
  rule_id: string;
  version: number;
}

/** Group of rules whose author named none. */
const DEFAULT_GROUP = 'alertagent';

/** Annotations of ours. They do not change an alert's identity, and Prometheus shows them unexpanded. */
const RULE_ID_ANNOTATION = 'alertagent_rule_id';
const RULE_VERSION_ANNOTATION = 'alertagent_rule_version';

/**
 * Renders the Prometheus rule file of one cluster. The same rules give the same bytes in whatever order they come,
 * so an unchanged rule set never causes a reload. Throws a RenderError when a value cannot be written exactly;
 * whether Prometheus accepts the rules is for {@link validateRule} to say, before they get here.
 */
export function renderRuleFile(rules: PlacedRule[]): RenderedFile {
  const manifest: ManifestEntry[] = [];
  const groups: YamlValue[] = [];
  for (const group of groupsOf(rules)) {
    const ordered = [...group.rules].sort((a, b) => compare(a.name, b.name) || compare(a.rule_id, b.rule_id));
    for (const rule of ordered) {
      manifest.push({ rule_id: rule.rule_id, rule_version: rule.version, group: group.name, name: rule.name });
    }
    groups.push({
      name: group.name,
      ...(group.interval === null ? {} : { interval: group.interval }),
      rules: ordered.map(ruleEntry),
    });
  }
  return { ...renderYaml({ groups }), rules: manifest.length, manifest };
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

interface RuleGroup {
  name: string;
  interval: string | null;
  rules: PlacedRule[];
}

/**
 * Rules of one group that ask for different evaluation intervals cannot share it: Prometheus has one interval per
 * group. The oldest rule (lowest id) keeps the group's plain name, because Prometheus forgets how long alerts have
 * been pending when their group is renamed; the others get a group beside it.
 */
function groupsOf(rules: PlacedRule[]): RuleGroup[] {
  const groups = new Map<string, RuleGroup>();
  const plainNames = new Set(rules.map((rule) => rule.group || DEFAULT_GROUP));
  const taken = new Set<string>();
  for (const rule of [...rules].sort((a, b) => compare(a.rule_id, b.rule_id))) {
    const plainName = rule.group || DEFAULT_GROUP;
    const interval = rule.interval || null;
    const key = JSON.stringify([plainName, interval]);
    let group = groups.get(key);
    if (!group) {
      let name = plainName;
      if (taken.has(name)) {
        name = `${plainName} (${interval === null ? 'default interval' : `every ${interval}`})`;
        while (taken.has(name) || plainNames.has(name)) name += '*';
      }
      taken.add(name);
      group = { name, interval, rules: [] };
      groups.set(key, group);
    }
    group.rules.push(rule);
  }
  return [...groups.values()].sort((a, b) => compare(a.name, b.name));
}

function ruleEntry(rule: PlacedRule): YamlValue {
  const labels = sortedEntries(rule.labels);
  if (rule.severity) labels.push(['severity', rule.severity]);
  const annotations = sortedEntries(rule.annotations);
  annotations.push([RULE_ID_ANNOTATION, rule.rule_id], [RULE_VERSION_ANNOTATION, String(rule.version)]);
  return {
    alert: rule.name,
    expr: rule.expression,
    ...(rule.duration ? { for: rule.duration } : {}),
    ...(rule.keep_firing_for ? { keep_firing_for: rule.keep_firing_for } : {}),
    ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}),
    // Object.fromEntries defines properties, so a name such as __proto__ stays data. Later pairs win: ours.
    annotations: Object.fromEntries(annotations),
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
