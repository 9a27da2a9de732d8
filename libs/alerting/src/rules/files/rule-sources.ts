import { excerpt } from '../../problems';
import { fileNamespaces } from './file-namespaces';
import { looksLikeLiveRules, readLiveRules } from './read-live-rules';
import { readRuleFiles } from './read-rule-files';
import type { ReadRuleFile } from './rule-file-content';

/** A text that holds rules: a rule file, resources, or the answer of a Prometheus. */
export interface RuleSource {
  /** Where it was found, in a folder or an archive; null for a text alone. */
  path: string | null;
  text: string;
}

/** What was read of a source, with the namespace that its groups belong to. */
export interface NamedRuleFile extends ReadRuleFile {
  path: string | null;
  namespace: string;
}

/**
 * Reads sources and says which namespace each belongs to: what the source calls itself (a resource, a file of the
 * Cortex tools, a rule file of a live Prometheus), else its path without the ending, else none. A `namespace` that is
 * asked for stands in place of that for a text alone, and before it (`asked/own`) where there are several.
 * The same group twice in one namespace is refused the second time.
 */
export function readRuleSources(sources: readonly RuleSource[], namespace: string | null): NamedRuleFile[] {
  const byPath = fileNamespaces(sources.flatMap(({ path }) => (path === null ? [] : [path])));
  const named = sources.flatMap(({ path, text }) => {
    const files = filesOf(text);
    const isAlone = path === null && sources.length === 1 && files.length === 1;
    return files.map((file) => {
      const own = file.namespace ?? (path === null ? '' : (byPath.get(path) ?? ''));
      return {
        ...file,
        path,
        namespace: namespace === null ? own : isAlone || own === '' ? namespace : `${namespace}/${own}`,
      };
    });
  });
  refuseSecondGroups(named);
  return named;
}

/** Whether a text may hold rules at all; a folder holds other files too. */
export const mayHoldRules = (text: string): boolean =>
  /^[\s{-]*["']?groups["']?\s*:/m.test(text) || text.includes('PrometheusRule');

function filesOf(text: string): ReadRuleFile[] {
  if (!looksLikeLiveRules(text)) return readRuleFiles(text);
  const files = readLiveRules(text);
  const names = fileNamespaces(files.map(({ namespace }) => namespace ?? ''));
  return files.map((file) => ({ ...file, namespace: names.get(file.namespace ?? '') ?? null }));
}

function refuseSecondGroups(files: readonly NamedRuleFile[]): void {
  const taken = new Map<string, string>();
  for (const { namespace, path, groups } of files) {
    const own = new Set<string>();
    for (const group of groups) {
      const key = JSON.stringify([namespace, group.name]);
      const other = own.has(key) ? undefined : taken.get(key);
      if (other !== undefined) {
        const detail = `the group "${excerpt(group.name)}" of namespace "${excerpt(namespace)}" came already, from ${other}`;
        const { pointer, place } = group;
        group.problems.push({ severity: 'error', code: 'not_unique', detail, pointer: `${pointer}/name`, place });
      }
      own.add(key);
      if (!taken.has(key)) taken.set(key, path === null ? 'another part of the text' : excerpt(path));
    }
  }
}
