import type { Tree } from '@lezer/common';
import { excerpt } from '../../problems';
import { checkExpressionForAny } from '../promql';
import {
  expressionPlaces,
  literalAround,
  nodeAt,
  parsePromql,
  useOfLiteral,
  type ExpressionPlace,
} from './expression-places';
import { failed, undeclared, type Filled, type FillFault, type Filling, type Parameters } from './filling';
import type { CheckedValues } from './parameter-values';
import { fill } from './placeholders';
import { hasSameTree } from './same-tree';
import type { ParameterType, ParameterValue } from './template-document';

const NUMBER_NODES: ReadonlySet<string> = new Set(['NumberDurationLiteral', 'NumberDurationLiteralInDurationContext']);
/** Characters that mean something in RE2. */
const META = /[\\.+*?()|[\]{}^$]/g;

/** How the text of a value must be written so that Prometheus reads the value. */
type Writing = (text: string) => string;

/**
 * Puts values into an expression. A number or duration takes the place of a whole literal, any other value stays within
 * its quotes: the result has the syntax tree of the template with other literals, or it is refused.
 */
export function fillExpression(template: string, { parameters, values, kept }: Filling): Filled {
  const places = expressionPlaces(template);
  const misuse = places.map((place) => placeFault(place, parameters)).find((fault) => fault !== null);
  if (misuse) return failed(misuse);

  const standIn = fill(template, places, (place) => standInFor(place, parameters, values));
  const flaw = checkExpressionForAny(standIn.text).faults[0];
  if (flaw) return failed({ ...flaw, parameter: null });
  const tree = parsePromql(standIn.text);
  const meanings = new Map<ExpressionPlace, string>();
  for (const { place, from, to } of standIn.spans) {
    if (place.escaped) continue;
    const type = parameters.get(place.name)!.type;
    const writing =
      place.quoting === 'bare' ? bareWriting(tree, from, to) : stringWriting(tree, standIn.text, { type, from, to });
    if (typeof writing === 'string') return failed(misplaced(place, writing));
    const text = writing(String(values.get(place.name)!));
    if (place.quoting === 'raw' && text.includes('`')) {
      const detail = 'a backquote cannot stand in a string that is written in backquotes';
      return failed({ code: 'bad_value', detail, parameter: place.name });
    }
    meanings.set(place, text);
  }

  const filled = fill(template, places, (place) => quoted(meanings.get(place)!, place.quoting));
  const fault = checkExpressionForAny(filled.text).faults[0];
  if (fault) return failed({ ...fault, parameter: suspect(places) });
  const spans = filled.spans.map(({ place, from, to }) => ({
    from,
    to,
    meant: meanings.get(place) ?? filled.text.slice(from, to),
  }));
  if (hasSameTree(standIn.text, filled.text, spans)) {
    const keeping = fill(template, places, (place) =>
      kept.has(place.name) ? `\${${place.name}}` : quoted(meanings.get(place)!, place.quoting),
    );
    return { text: filled.text, keeping: keeping.text, fault: null };
  }
  const detail = `with these values "${excerpt(filled.text)}" would be another expression`;
  return failed({ code: 'bad_value', detail, parameter: suspect(places) });
}

/** A fault of the whole is one value's when there is only one. */
function suspect(places: readonly ExpressionPlace[]): string | null {
  const names = new Set(places.filter(({ escaped }) => !escaped).map(({ name }) => name));
  return names.size === 1 ? [...names][0]! : null;
}

function placeFault({ name, quoting, escaped }: ExpressionPlace, parameters: Parameters): FillFault | null {
  if (quoting === 'comment') {
    return { code: 'misplaced', detail: `\${${name}} stands in a comment, where it changes nothing`, parameter: null };
  }
  if (escaped) return null;
  const parameter = parameters.get(name);
  if (!parameter) return undeclared(name);
  if (quoting !== 'bare' || parameter.type === 'number' || parameter.type === 'duration') return null;
  const detail = `\${${name}} is a ${parameter.type}, it must stand inside quotes`;
  return { code: 'misplaced', detail, parameter: null };
}

const misplaced = ({ name }: ExpressionPlace, where: string): FillFault => ({
  code: 'misplaced',
  detail: `\${${name}} must stand where ${where}`,
  parameter: null,
});

const isNegative = (value: ParameterValue | undefined): boolean => typeof value === 'number' && value < 0;

/** Something that parses as the value will, whatever the value is. */
function standInFor(place: ExpressionPlace, parameters: Parameters, values: CheckedValues): string {
  if (place.quoting !== 'bare') return 'x';
  if (parameters.get(place.name)!.type === 'duration') return '1m';
  return isNegative(values.get(place.name)) ? '(-1)' : '1';
}

/** Answers where the placeholder should have stood when no whole literal is there. */
function bareWriting(tree: Tree, from: number, to: number): Writing | string {
  const node = nodeAt(tree, from, to);
  if (node?.name === 'ParenExpr') return (text) => `(${text})`;
  return node && NUMBER_NODES.has(node.name) ? (text) => text : 'a whole number or duration could stand';
}

function stringWriting(
  tree: Tree,
  expression: string,
  { type, from, to }: { type: ParameterType; from: number; to: number },
): Writing | string {
  const literal = literalAround(tree, from, to);
  if (!literal) return 'a string could stand';
  const use = useOfLiteral(literal, expression);
  if (type === 'regex') {
    if (use !== 'regex') return 'Prometheus reads a regular expression';
    const isWhole = literal.from + 1 === from && literal.to - 1 === to;
    return isWhole ? (text) => text : (text) => `(?:${text})`;
  }
  if (use === 'regex') return (text) => text.replace(META, '\\$&');
  return use === 'replacement' ? (text) => text.replaceAll('$', '$$$$') : (text) => text;
}

function quoted(text: string, quoting: ExpressionPlace['quoting']): string {
  if (quoting !== 'double' && quoting !== 'single') return text;
  const quote = quoting === 'double' ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return escaped.replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}
