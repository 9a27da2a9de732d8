import { excerpt, pointerTo } from '../../problems';
import { readKubernetesDocuments } from './kubernetes-yaml';
import { readGroups } from './read-groups';
import type { FileProblem, ReadRuleFile } from './rule-file-content';
import { readRuleFileYaml } from './rule-file-yaml';
import { isNothing, YamlFault, type YamlTree } from './yaml-tree';

const RESOURCE_GROUP = 'monitoring.coreos.com/';
const RESOURCE_KIND = 'PrometheusRule';

/**
 * Reads a text that holds rules: a rule file of Prometheus, one or many PrometheusRule resources, or a List of them.
 * Of a rule file with several documents Prometheus reads the first, and so do we, with a warning. A text that cannot be
 * read is one file without groups, and says why.
 */
export function readRuleFiles(text: string): ReadRuleFile[] {
  try {
    return readResources(text) ?? [readPlainFile(text)];
  } catch (fault) {
    if (!(fault instanceof YamlFault)) throw fault;
    const { detail, place } = fault;
    const problem: FileProblem = { severity: 'error', code: 'bad_yaml', detail, pointer: '', place };
    return [{ format: 'prometheus', namespace: null, groups: [], problems: [problem] }];
  }
}

const emptyFile = (format: ReadRuleFile['format']): ReadRuleFile => ({
  format,
  namespace: null,
  groups: [],
  problems: [],
});

function readPlainFile(text: string): ReadRuleFile {
  const { tree, next } = readRuleFileYaml(text);
  const file = tree ? readGroupsOf(tree) : emptyFile('prometheus');
  if (next) {
    const detail = 'Prometheus reads the first document of a file only; this one and those after it were left out';
    file.problems.push({ severity: 'warning', code: 'left_out', detail, pointer: '', place: next });
  }
  return file;
}

function readGroupsOf(document: YamlTree): ReadRuleFile {
  const file = emptyFile('prometheus');
  if (isNothing(document)) return file;
  if (document.kind !== 'map') {
    file.problems.push(problem(document, [], 'bad_shape', 'a rule file must be a mapping that holds "groups"'));
    return file;
  }
  for (const { key, keyPlace, value } of document.entries) {
    if (key === 'groups') {
      file.groups = readGroups(value, { path: ['groups'], inResource: false, problems: file.problems });
    } else if (key === 'namespace' && value.kind === 'text') {
      // Written by the tools of Cortex and Mimir.
      file.namespace = value.text || null;
      const detail = 'taken as the namespace; Prometheus itself refuses a file that names one';
      file.problems.push({ ...problem(value, [key], 'not_prometheus', detail), severity: 'warning' });
    } else {
      const detail = `there is no field "${excerpt(key)}"; Prometheus refuses a file that has it`;
      file.problems.push({ ...problem(value, [key], 'unknown_field', detail), place: keyPlace });
    }
  }
  return file;
}

/** What the resources of Kubernetes in a text hold; null when it holds none. */
function readResources(text: string): ReadRuleFile[] | null {
  // Most rule files are not read twice.
  if (!text.includes('apiVersion')) return null;
  const documents = documentsOf(text);
  if (!documents.some(isResource)) return null;
  return documents.flatMap((document, index) => {
    const path = documents.length === 1 ? [] : [String(index)];
    if (isList(document)) {
      const items = child(document, 'items');
      const list = items?.kind === 'list' ? items.items : [];
      return list.map((item, at) => readResource(item, [...path, 'items', String(at)]));
    }
    return isNothing(document) ? [] : [readResource(document, path)];
  });
}

/** None when the word stands in a rule file that only Prometheus can read. */
function documentsOf(text: string): YamlTree[] {
  try {
    return readKubernetesDocuments(text);
  } catch (fault) {
    if (fault instanceof YamlFault && !/^["']?apiVersion\b/m.test(text)) return [];
    throw fault;
  }
}

function readResource(document: YamlTree, path: string[]): ReadRuleFile {
  const file = emptyFile('crd');
  if (!isRuleResource(document)) {
    const detail = `not a ${RESOURCE_KIND} of ${RESOURCE_GROUP}v1; it was left out`;
    file.problems.push({ ...problem(document, path, 'left_out', detail), severity: 'warning' });
    return file;
  }
  const metadata = child(document, 'metadata');
  const [name, space] = [textOf(child(metadata, 'name')), textOf(child(metadata, 'namespace'))];
  file.namespace = name ? (space ? `${space}/${name}` : name) : null;
  const groups = child(child(document, 'spec'), 'groups');
  if (groups) {
    const where = { path: [...path, 'spec', 'groups'], inResource: true, problems: file.problems };
    file.groups = readGroups(groups, where);
  }
  return file;
}

const isRuleResource = (tree: YamlTree): boolean =>
  textOf(child(tree, 'kind')) === RESOURCE_KIND && (textOf(child(tree, 'apiVersion')) ?? '').startsWith(RESOURCE_GROUP);

const isList = (tree: YamlTree): boolean => /^(?:PrometheusRule)?List$/.test(textOf(child(tree, 'kind')) ?? '');

const isResource = (tree: YamlTree): boolean =>
  child(tree, 'apiVersion') !== undefined && child(tree, 'kind') !== undefined;

function child(tree: YamlTree | undefined, key: string): YamlTree | undefined {
  return tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key)?.value : undefined;
}

function textOf(tree: YamlTree | undefined): string | undefined {
  return tree?.kind === 'text' && !tree.isNull ? tree.text : undefined;
}

function problem(tree: YamlTree, path: string[], code: string, detail: string): FileProblem {
  return { severity: 'error', code, detail, pointer: pointerTo(...path), place: tree.place };
}
