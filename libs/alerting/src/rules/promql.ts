import type { SyntaxNode, Tree } from '@lezer/common';
import { excerpt } from '../problems';
import { inspectNode } from './promql-checks';
import { promqlTools } from './promql-tools';
import { SYNTAX } from './promql-vocabulary';

/** One thing wrong with an expression; `from` is the offset (UTF-16 units) of the place. */
export interface ExpressionFault {
  code: 'required' | 'too_long' | 'too_deep' | 'control_character' | 'bad_promql';
  from: number;
  detail: string;
}

/** What was found about an expression. `type` is what it evaluates to, null when it has faults. */
export interface CheckedExpression {
  faults: ExpressionFault[];
  type: 'vector' | 'scalar' | 'matrix' | 'string' | null;
}

/** Far beyond any expression a person writes; keeps the check within milliseconds. */
const LONGEST_EXPRESSION = 16_384;
/** The type checker recurses; Prometheus itself has no such limit. */
const DEEPEST_SYNTAX = 250;
const MOST_FAULTS = 5;
/**
 * Prometheus takes `5.` and `5.e3` for numbers, the grammar does not. A digit in the point's place has the same
 * length, and everything else is read from the original text.
 */
const NUMBER_WITH_TRAILING_POINT = /(?<![\w:.])(\d+)\.(?=[eE][+-]?\d|[^\w:.]|$)/g;
const CONTROL = new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]');

/**
 * Checks an expression against what Prometheus 2.42 accepts, syntax, types and literals. Never finds an expression
 * valid that `promtool check rules` of that version refuses; in rare cases (two matchers on
 * `__name__`) it refuses what promtool takes.
 */
export function checkExpression(expression: string): CheckedExpression {
  const fault = outerFault(expression);
  if (fault) return { faults: [fault], type: null };
  const { parser, getType } = promqlTools();
  const tree = parser.parse(expression.replace(NUMBER_WITH_TRAILING_POINT, '$10'));
  let root = tree.topNode.firstChild;
  while (root?.name === 'LineComment') root = root.nextSibling;
  if (!root) {
    return { faults: [{ code: 'required', from: 0, detail: 'there is no expression' }], type: null };
  }
  // Each step takes for granted what the one before it has established.
  let faults = syntaxFaults(tree, expression);
  if (faults.length === 0) faults = structureFaults(tree, expression);
  if (faults.length === 0) faults = typeFaults(tree, root, expression);
  if (faults.length > 0) {
    const ordered = faults.sort((a, b) => a.from - b.from).slice(0, MOST_FAULTS);
    return { faults: ordered.map((one) => located(one, expression)), type: null };
  }
  const type = getType(root);
  return { faults: [], type: type === 'none' ? null : type };
}

function outerFault(expression: string): ExpressionFault | null {
  if (expression.trim() === '') return { code: 'required', from: 0, detail: 'there is no expression' };
  if (expression.length > LONGEST_EXPRESSION) {
    const detail = `${expression.length} characters, at most ${LONGEST_EXPRESSION} are taken`;
    return { code: 'too_long', from: 0, detail };
  }
  const control = CONTROL.exec(expression);
  if (control || !expression.isWellFormed()) {
    const detail = 'the expression holds a control character or broken Unicode';
    return { code: 'control_character', from: control?.index ?? 0, detail };
  }
  return null;
}

/** Places where the text does not follow the grammar, or is nested too deeply to go on. */
function syntaxFaults(tree: Tree, expression: string): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  let depth = 0;
  let deepest: ExpressionFault | null = null;
  tree.iterate({
    enter(node) {
      depth += 1;
      if (depth > DEEPEST_SYNTAX && deepest === null) {
        deepest = { code: 'too_deep', from: node.from, detail: `nested more than ${DEEPEST_SYNTAX} deep` };
      }
      if (node.type.isError && faults.length < MOST_FAULTS) {
        faults.push({ code: 'bad_promql', from: node.from, detail: unexpected(node.node, expression) });
      }
    },
    leave() {
      depth -= 1;
    },
  });
  return deepest === null ? faults : [deepest];
}

function structureFaults(tree: Tree, expression: string): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  let rest = expression;
  tree.iterate({
    enter(node) {
      if (node.name === 'StringLiteral' || node.name === 'LineComment') {
        rest = rest.slice(0, node.from) + ' '.repeat(node.to - node.from) + rest.slice(node.to);
      }
      const detail = nodeFault(node.node, expression);
      if (detail !== null) faults.push({ code: 'bad_promql', from: node.from, detail });
      // What a function or aggregation is called is judged by its text; it has no syntax inside.
      return detail === null && node.name !== 'FunctionIdentifier' && node.name !== 'AggregateOp';
    },
  });
  // The grammar takes every Unicode space, Prometheus only ASCII ones.
  const foreign = rest.search(/[^\t\n\r -~]/);
  if (foreign !== -1) {
    faults.push({ code: 'bad_promql', from: foreign, detail: 'only ASCII characters are allowed outside strings' });
  }
  return faults;
}

function unexpected(node: SyntaxNode, expression: string): string {
  const text = expression.slice(node.from, node.to);
  return text === '' ? 'something is missing here' : `"${excerpt(text)}" is not expected here`;
}

function nodeFault(node: SyntaxNode, expression: string): string | null {
  if (SYNTAX.has(node.name)) return inspectNode(node, expression);
  return `"${excerpt(expression.slice(node.from, node.to))}" is not known to Prometheus 2.42`;
}

function typeFaults(tree: Tree, root: SyntaxNode, expression: string): ExpressionFault[] {
  const { EditorState, TypeChecker } = promqlTools();
  const checker = new TypeChecker(EditorState.create({ doc: expression }));
  // Through the editor's own way to the tree, parsing stops after 20 ms and long expressions would pass half checked.
  Object.assign(checker, { tree });
  checker.checkAST(root);
  return checker
    .getDiagnostics()
    .filter((diagnostic) => diagnostic.severity === 'error')
    .map((diagnostic) => ({ code: 'bad_promql', from: diagnostic.from, detail: excerptOf(diagnostic.message) }));
}

function excerptOf(message: string): string {
  return message.length > 160 ? message.slice(0, 160) + '…' : message;
}

function located(fault: ExpressionFault, expression: string): ExpressionFault {
  const before = expression.slice(0, fault.from).split('\n');
  return { ...fault, detail: `line ${before.length}, column ${before.at(-1)!.length + 1}: ${fault.detail}` };
}
