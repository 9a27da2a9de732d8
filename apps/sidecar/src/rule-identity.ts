/** Annotations that every rule rendered by AlertAgent carries; they do not change the identity of its alerts. */
const ID_ANNOTATION = 'alertagent_rule_id';
const VERSION_ANNOTATION = 'alertagent_rule_version';

/** What tells one rule from another, in the file and in the answer of `/api/v1/rules` alike. */
export interface RuleIdentity {
  group: string;
  name: string;
  ruleId: string | null;
  ruleVersion: number | null;
  /** Recording rules have no annotations, so that one shows neither id nor version. */
  isRecording: boolean;
  /** Equal for equal rules: group, name, and the proof of version (alerts) or the labels (recording rules have no annotations). */
  key: string;
}

/** Builds the identity of one rule from parsed YAML or JSON, whose shape is not trusted. */
export function ruleIdentity(
  group: string,
  rule: { name: string; isAlert: boolean; labels: unknown; annotations: unknown },
): RuleIdentity {
  const annotations = textMap(rule.annotations);
  const ruleId = annotations[ID_ANNOTATION] ?? null;
  const version = annotations[VERSION_ANNOTATION] ?? null;
  const proof = rule.isAlert
    ? [ruleId, version]
    : Object.entries(textMap(rule.labels)).sort(([a], [b]) => (a < b ? -1 : 1));
  const ruleVersion = version !== null && /^\d{1,9}$/.test(version) ? Number(version) : null;
  return {
    group,
    name: rule.name,
    ruleId,
    ruleVersion,
    isRecording: !rule.isAlert,
    key: JSON.stringify([group, rule.name, rule.isAlert, proof]),
  };
}

/** An object as a record of unknown values; anything else as an empty one. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A list as it is; anything else as an empty list. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textMap(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(recordOf(value)).map(([name, text]) => [name, String(text)]));
}
