import { excerpt, pointerTo } from '../../problems';
import { readGroups } from './read-groups';
import type { FileProblem, ReadRuleFile } from './rule-file-content';
import { readYamlTrees, YamlFault, type YamlTree } from './yaml-tree';

const RESOURCE_GROUP = 'monitoring.coreos.com/';
const RESOURCE_KIND = 'PrometheusRule';

/**
 * Reads a text that holds rules: a rule file of Prometheus, one or many PrometheusRule resources, or a List of them.
 * Of a rule file with several documents Prometheus reads the first, and so do we, with a warning. A text that cannot be
 * read is one file without groups, and says why.
 */
export function readRuleFiles(text: string): ReadRuleFile[] {
  let documents: YamlTree[];
  try {
    documents = readYamlTrees(text);
  } catch (fault) {
    if (!(fault instanceof YamlFault)) throw fault;
    const { detail, place } = fault;
    const problem: FileProblem = { severity: 'error', code: 'bad_yaml', detail, pointer: '', place };
    return [{ format: 'prometheus', namespace: null, groups: [], problems: [problem] }];
  }
  const resources = documents.filter(isResource);
  if (resources.length > 0) return readResources(documents);
  const [first, second] = documents;
  const file = first ? readPlainFile(first) : emptyFile('prometheus');
  if (second) {
    const detail = 'Prometheus reads the first document of a file only; this one and those after it were left out';
    file.problems.push({ ...problem(second, [], 'left_out', detail), severity: 'warning' });
  }
  return [file];
}

const emptyFile = (format: ReadRuleFile['format']): ReadRuleFile => ({
  format,
  namespace: null,
  groups: [],
  problems: [],
});

function readPlainFile(document: YamlTree): ReadRuleFile {
  const file = emptyFile('prometheus');
  if (document.kind === 'text' && document.isNull) return file;
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

function readResources(documents: YamlTree[]): ReadRuleFile[] {
  return documents.flatMap((document, index) => {
    const path = documents.length === 1 ? [] : [String(index)];
    if (isList(document)) {
      const items = child(document, 'items');
      const list = items?.kind === 'list' ? items.items : [];
      return list.map((item, at) => readResource(item, [...path, 'items', String(at)]));
    }
    return document.kind === 'text' && document.isNull ? [] : [readResource(document, path)];
  });
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
