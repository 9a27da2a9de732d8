import { excerpt } from '../../problems';
import type { CallExpr, Expr } from './ast';
import { AGGREGATIONS, functionLife, functionNames, functionOf } from './functions';
import { labelList } from './labels';
import type { Token } from './lexer';
import { nearest } from './nearest';
import { spanOf, type Reading } from './reading';
import type { Fault } from './token-reader';

/** The arguments of a function whose name was read already. */
export function call(reading: Reading, name: Token): Expr {
  const func = functionOf(name.text, reading.grammar);
  if (!func) reading.faults.push(unknownFunction(reading, name));
  else if (func.isExperimental) {
    const detail = `function "${name.text}" is experimental and not enabled`;
    reading.faults.push({ code: 'unknown_function', ...spanOf(name), detail });
  }
  const { args, end } = readArguments(reading);
  const call: CallExpr = {
    kind: 'call',
    func: name.text,
    args,
    depth: reading.deeper(...args),
    start: name.start,
    end,
  };
  return call;
}

/** An aggregation whose operator was read already, with `by` or `without` before or after its arguments. */
export function aggregate(reading: Reading, operator: Token): Expr {
  let modifier = readModifier(reading);
  const { args, end } = readArguments(reading);
  let close = end;
  if (!modifier) {
    modifier = readModifier(reading);
    if (modifier) close = modifier.end;
  }
  const op = operator.text;
  const paramType = AGGREGATIONS.get(op) ?? null;
  const wanted = paramType === null ? 1 : 2;
  const span = { start: operator.start, end: close };
  if (op.startsWith('limit')) {
    const detail = `"${op}" is experimental and not enabled`;
    reading.faults.push({ code: 'unknown_function', ...spanOf(operator), detail });
  }
  if (args.length !== wanted) {
    const detail = `"${op}" takes ${wanted} argument${wanted > 1 ? 's' : ''}, not ${args.length}`;
    reading.faults.push({ code: 'arguments', ...span, detail });
  }
  const expr: Expr = args[wanted - 1] ?? { kind: 'number', value: 0, depth: 1, ...span };
  return {
    kind: 'aggregate',
    op,
    opSpan: spanOf(operator),
    grouping: modifier?.labels ?? [],
    by: modifier?.by ?? null,
    param: wanted === 2 ? (args[0] ?? null) : null,
    expr,
    depth: reading.deeper(...args),
    ...span,
  };
}

function unknownFunction(reading: Reading, name: Token): Fault {
  const life = functionLife(name.text);
  const { version } = reading.grammar;
  const known = life?.since ? `came with ${life.since}` : life?.until ? `left with ${life.until}` : null;
  const detail = `function "${excerpt(name.text)}" is not known to Prometheus ${version}${known ? `, it ${known}` : ''}`;
  const names = [...functionNames(reading.grammar), ...AGGREGATIONS.keys()];
  const near = life ? null : nearest(name.text, names);
  return { code: 'unknown_function', ...spanOf(name), detail, ...(near ? { fix: near } : {}) };
}

function readArguments(reading: Reading): { args: Expr[]; end: number } {
  reading.reader.expectSymbol('(');
  const args: Expr[] = [];
  while (!reading.reader.isSymbol(')')) {
    args.push(reading.expression(0));
    if (!reading.reader.isSymbol(',')) break;
    const comma = reading.reader.next();
    if (reading.reader.isSymbol(')')) {
      const detail = 'a comma cannot end the arguments';
      reading.faults.push({ code: 'syntax', ...spanOf(comma), detail, fix: '' });
    }
  }
  return { args, end: reading.reader.expectSymbol(')').end };
}

function readModifier(reading: Reading): { by: 'by' | 'without'; labels: string[]; end: number } | null {
  for (const by of ['by', 'without'] as const) {
    if (!reading.reader.takeKeyword(by)) continue;
    const labels = labelList(reading);
    return { by, labels, end: reading.reader.previousEnd };
  }
  return null;
}
