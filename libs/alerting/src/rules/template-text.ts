import { excerpt } from '../problems';
import { unquotePromqlString } from './promql-string';

/** Functions that only format what they are given. `query` and its kin read any series; those are refused. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  `humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp printf print println title toUpper
  toLower reReplaceAll match stripPort stripDomain parseDuration pathPrefix externalURL graphLink tableLink urlquery
  index len and or not eq ne lt le gt ge`.split(/\s+/),
);
const DATA =
  /^(?:(?:\$labels|\$externalLabels|\.Labels|\.ExternalLabels)(?:\.[a-zA-Z_]\w*)?|\$value|\.Value|\$externalURL|\.ExternalURL)$/;
const VALUE: ReadonlySet<string> = new Set(['$value', '.Value']);
const TOKEN =
  /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])|[$.]?[a-zA-Z_]\w*(?:\.\w+)*|[|()]/y;

/** What reading a template found: the first fault, and whether it shows the value, which changes all the time. */
export interface CheckedTemplate {
  fault: string | null;
  usesValue: boolean;
}

/**
 * Checks a label or annotation template. Templates are code that Prometheus runs: only the alert's own data,
 * formatting functions and if/else are let through, so nobody who may write a rule can read other series with it, and
 * text that does not parse never reaches a server.
 */
export function checkTemplate(template: string): CheckedTemplate {
  const open: ('if' | 'else')[] = [];
  let usesValue = false;
  let at = template.indexOf('{{');
  while (at !== -1) {
    const action = readAction(template, at + 2);
    if ('fault' in action) return { fault: action.fault, usesValue };
    if (action.tokens.some((token) => VALUE.has(token))) usesValue = true;
    const fault = actionFault(action.tokens, open);
    if (fault !== null) return { fault, usesValue };
    at = template.indexOf('{{', action.end);
  }
  return { fault: open.length > 0 ? 'an {{ if }} has no {{ end }}' : null, usesValue };
}

/** Splits one action into tokens, from after its `{{` to its `}}`; runs of spaces become one " ". */
function readAction(template: string, start: number): { tokens: string[]; end: number } | { fault: string } {
  const trimmed = /^-[ \t\r\n]/.test(template.slice(start, start + 2));
  const tokens: string[] = [];
  let at = trimmed ? start + 1 : start;
  while (at < template.length) {
    if (template.startsWith('}}', at)) return { tokens: withoutOuterSpaces(tokens), end: at + 2 };
    if (template.startsWith('-}}', at) && tokens.at(-1) === ' ') {
      return { tokens: withoutOuterSpaces(tokens), end: at + 3 };
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(template)?.[0];
    if (token === undefined) return { fault: `"${excerpt(template.slice(at, at + 20))}" is not allowed in a template` };
    if (token.trim() === '' && /[^ \t\r\n]/.test(token))
      return { fault: 'only ASCII spaces are allowed in a template' };
    tokens.push(token.trim() === '' ? ' ' : token);
    at = TOKEN.lastIndex;
  }
  return { fault: 'a "{{" is not closed' };
}

function withoutOuterSpaces(tokens: string[]): string[] {
  return tokens.slice(tokens[0] === ' ' ? 1 : 0, tokens.at(-1) === ' ' ? -1 : undefined);
}

function actionFault(tokens: string[], open: ('if' | 'else')[]): string | null {
  const [first, , third] = tokens;
  if (first === 'end') return tokens.length === 1 && open.pop() ? null : 'an {{ end }} does not belong to any {{ if }}';
  if (first === 'else') {
    if (open.at(-1) !== 'if') return 'an {{ else }} does not belong to any {{ if }}';
    if (tokens.length === 1) {
      open[open.length - 1] = 'else';
      return null;
    }
    return third === 'if' ? conditionFault(tokens.slice(3)) : 'only "if" may follow {{ else }}';
  }
  if (first === 'if') {
    open.push('if');
    return conditionFault(tokens.slice(1));
  }
  return pipelineFault(tokens);
}

function conditionFault(tokens: string[]): string | null {
  return tokens[0] === ' ' ? pipelineFault(tokens.slice(1)) : 'an {{ if }} needs a condition';
}

/** One or more commands joined by "|"; from the second on, each must be a function that takes the value before it. */
function pipelineFault(tokens: string[]): string | null {
  const commands: string[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth < 0) return 'a ")" has no "("';
    if (token === '|' && depth === 0) commands.push([]);
    else commands.at(-1)!.push(token);
  }
  if (depth !== 0) return 'a "(" is not closed';
  for (const [index, command] of commands.entries()) {
    const fault = commandFault(withoutOuterSpaces(command), index > 0);
    if (fault !== null) return fault;
  }
  return null;
}

function commandFault(tokens: string[], mustBeFunction: boolean): string | null {
  const [first] = tokens;
  if (first === undefined) return 'a value is missing in a template';
  const callsFunction = FUNCTIONS.has(first);
  if (mustBeFunction && !callsFunction) return `"${excerpt(first)}" cannot take a value after "|"`;
  const operands = splitOperands(callsFunction ? tokens.slice(1) : tokens, callsFunction);
  if (operands === null) return 'spaces are missing between the parts of a template';
  if (!callsFunction && operands.length > 1) return `"${excerpt(first)}" is not a function that is allowed in rules`;
  for (const operand of operands) {
    const fault =
      operand[0] === '(' ? pipelineFault(withoutOuterSpaces(operand.slice(1, -1))) : operandFault(operand[0]!);
    if (fault !== null) return fault;
  }
  return null;
}

/** Operands stand apart by spaces, a parenthesised pipeline counts as one; null when something touches. */
function splitOperands(tokens: string[], afterFunction: boolean): string[][] | null {
  const operands: string[][] = [];
  let depth = 0;
  let apart = !afterFunction;
  for (const token of tokens) {
    if (depth > 0) {
      operands.at(-1)!.push(token);
      depth += token === '(' ? 1 : token === ')' ? -1 : 0;
    } else if (token === ' ') {
      apart = true;
    } else {
      if (!apart) return null;
      operands.push([token]);
      apart = false;
      depth = token === '(' ? 1 : 0;
    }
  }
  return operands;
}

function operandFault(operand: string): string | null {
  if (operand.startsWith('"') || operand.startsWith('`')) {
    return unquotePromqlString(operand) === null ? 'a string in a template holds an escape that does not exist' : null;
  }
  if (/^[-+\d]/.test(operand) || operand === 'true' || operand === 'false') return null;
  // Functions without arguments, such as externalURL.
  if (DATA.test(operand) || FUNCTIONS.has(operand)) return null;
  return `"${excerpt(operand)}" is not allowed in rules`;
}
