import { Document, isAlias, isCollection, isMap, isPair, isSeq, parseDocument } from 'yaml';
import type { FieldProblem } from '../../problems';

/** A file of unit tests as `promtool test rules` reads it. What promtool would say about its content is for promtool to say. */
export interface PromtestFile {
  /** What each of its tests is called; empty where the file does not say. */
  names: string[];
  /** The alerts that its tests expect something of. */
  alertNames: string[];
  /** Its rule files as it names them. */
  ruleFiles: string[];
  /** The file for promtool: with these rule files, and only one of its tests when told which. */
  render(options: { ruleFiles: readonly string[]; only?: number }): string;
}

const MOST_TESTS = 200;
/** promtool holds all of them in memory. */
const MOST_SAMPLES = 1_000_000;
const MOST_NODES = 500_000;

/** Reads a test file far enough to run it. Problems: it is no YAML, no test file, or would be too much to run. */
export function readPromtestFile(content: string): { file: PromtestFile } | { problems: FieldProblem[] } {
  let document: Document;
  let value: unknown;
  try {
    const read = parseDocument(content, { prettyErrors: false });
    const [error] = read.errors;
    if (error) return problem('not_yaml', `the tests are not YAML: ${error.message}`.slice(0, 300));
    const { nodes, hasAliases } = unfolded(read as Document);
    if (nodes > MOST_NODES)
      return problem('too_large', 'the tests are too much to run once their aliases are unfolded');
    value = read.toJS({ maxAliasCount: -1 });
    // A test that stands alone must not point at another.
    document = hasAliases ? new Document(value, { aliasDuplicateObjects: false }) : (read as Document);
  } catch (error) {
    return problem('not_yaml', `the tests are not YAML: ${(error as Error).message}`.slice(0, 300));
  }
  if (!isMap(document.contents)) return problem('not_tests', 'expected a promtool test file, with a list of tests');
  const tests = listOf(fieldOf(value, 'tests'));
  if (tests.length > MOST_TESTS) return problem('too_many', `there are more than ${MOST_TESTS} tests`);
  if (samplesIn(tests) > MOST_SAMPLES)
    return problem('too_large', `the input series have more than ${MOST_SAMPLES} samples`);
  return {
    file: {
      names: tests.map((test) => textOf(fieldOf(test, 'name'))),
      alertNames: [...new Set(tests.flatMap(alertNamesOf))],
      ruleFiles: listOf(fieldOf(value, 'rule_files')).map(textOf),
      render: (options) => render(document, options),
    },
  };
}

function render(document: Document, { ruleFiles, only }: { ruleFiles: readonly string[]; only?: number }): string {
  const copy = document.clone();
  copy.set('rule_files', copy.createNode(ruleFiles));
  const tests = copy.get('tests');
  if (only !== undefined && isSeq(tests)) tests.items = tests.items.slice(only, only + 1);
  return copy.toString({ lineWidth: 0 });
}

/** Nodes of the document once its aliases are unfolded; and whether it has any. */
function unfolded(document: Document): { nodes: number; hasAliases: boolean } {
  const sizes = new Map<string, number>();
  let hasAliases = false;
  const sizeOf = (node: unknown): number => {
    if (isAlias(node)) {
      hasAliases = true;
      return sizes.get(node.source) ?? 1;
    }
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    if (!isCollection(node)) return 1;
    const size = node.items.reduce<number>((sum, item) => sum + sizeOf(item), 1);
    if (node.anchor !== undefined) sizes.set(node.anchor, size);
    return size;
  };
  const nodes = sizeOf(document.contents);
  return { nodes, hasAliases };
}

const alertNamesOf = (test: unknown): string[] =>
  listOf(fieldOf(test, 'alert_rule_test'))
    .map((each) => textOf(fieldOf(each, 'alertname')))
    .filter((name) => name !== '');

/** Samples of the input series: `0+1x99` are a hundred. */
function samplesIn(tests: readonly unknown[]): number {
  const series = tests.flatMap((test) => listOf(fieldOf(test, 'input_series')));
  const values = series.flatMap((each) => textOf(fieldOf(each, 'values')).trim().split(/\s+/));
  return values.reduce((sum, value) => sum + 1 + Number(/x(\d+)$/.exec(value)?.[1] ?? 0), 0);
}

const problem = (code: string, detail: string): { problems: FieldProblem[] } => ({
  problems: [{ pointer: '/content', code, detail }],
});

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
