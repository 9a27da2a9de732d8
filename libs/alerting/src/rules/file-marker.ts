import { sha256Hex } from '../hashing';
import type { ManifestEntry, YamlValue } from '../rendered-file';

/** Stands for a rule's id, so that the marker is read back and proven like any rule. */
export const MARKER_RULE_ID = 'alertagent-file';
const MARKER_GROUP = 'alertagent-file';
const MARKER_ALERT = 'AlertAgentFile';

/** The marker of a rule file, and its place in the manifest. */
export interface FileMarker {
  group: YamlValue;
  entry: ManifestEntry;
}

/**
 * A group with an alert that never fires and whose version is a fingerprint of everything else in the file. A program loads a
 * file as a whole, so whoever shows this marker has loaded this very content: also what no annotation can tell, such as the
 * expression of a recording rule, the interval of a group, or what an override changed.
 *
 * @param groups each of them as JSON
 */
export function fileMarker(
  groups: readonly string[],
  annotated: (id: string, version: number) => YamlValue,
): FileMarker {
  // 28 bits: nine digits at most, which is what a sidecar reads as a version.
  const version = Number.parseInt(sha256Hex(`[${groups.join(',')}]`).slice(0, 7), 16) + 1;
  const rule = { alert: MARKER_ALERT, expr: 'vector(0) > 1', annotations: annotated(MARKER_RULE_ID, version) };
  return {
    group: { name: MARKER_GROUP, rules: [rule] },
    entry: { rule_id: MARKER_RULE_ID, rule_version: version, group: MARKER_GROUP, name: MARKER_ALERT },
  };
}
