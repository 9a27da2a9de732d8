const ACTION = /\{\{(-\s)?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|[^}"`]|\}(?!\}))*?)(\s-)?\}\}/g;
const TOKEN =
  /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|\$[a-zA-Z_]\w*|\$|(?:\.[a-zA-Z_]\w*)+|\.|[a-zA-Z_]\w*|[|(),]|:?=/y;
/** The functions that every template has. */
const FUNCTIONS = new Set(
  'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne true false nil'.split(' '),
);
const OPENING = new Set(['if', 'range', 'with']);

/**
 * Why a text that Alertmanager parses as a template when it loads is refused, or null. Only what is surely a template
 * passes: a few unusual ones are refused although Go would take them.
 */
export function goTemplateFault(text: string): string | null {
  const open: string[] = [];
  const rest = text.replace(ACTION, '');
  if (rest.includes('{{')) return 'has a {{ that is not closed';
  for (const [, , body = ''] of text.matchAll(ACTION)) {
    const fault = actionFault(body.trim(), open);
    if (fault !== null) return fault;
  }
  return open.length > 0 ? `has an {{ ${open.at(-1)!} }} without {{ end }}` : null;
}

function actionFault(body: string, open: string[]): string | null {
  if (/^\/\*[\s\S]*\*\/$/.test(body)) return null;
  const [keyword = '', ...others] = body.split(/\s+/);
  const rest = others.join(' ');
  if (keyword === 'end') return rest === '' && open.pop() !== undefined ? null : 'has an {{ end }} without a beginning';
  if (keyword === 'else') {
    if (open.length === 0) return 'has an {{ else }} without a beginning';
    return rest === '' ? null : pipelineFault(rest.replace(/^(?:if|with)\s/, ''));
  }
  if (OPENING.has(keyword)) {
    open.push(keyword);
    return pipelineFault(rest);
  }
  return pipelineFault(body);
}

function pipelineFault(body: string): string | null {
  const fault = `has an action that is no template: {{ ${body.slice(0, 40)} }}`;
  const commands: string[][] = [[]];
  let depth = 0;
  let at = 0;
  while (at < body.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(body)?.[0];
    if (token === undefined) return fault;
    at += token.length;
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth < 0) return fault;
    if (/^[a-zA-Z_]/.test(token) && !FUNCTIONS.has(token))
      return `calls "${token.slice(0, 40)}", which is no function here`;
    if (token === '|') commands.push([]);
    // Assignments and lists of variables are for ranges only; nobody writes them into these fields.
    else if (/^(?::?=|,)$/.test(token)) return fault;
    else if (token.trim() !== '') commands.at(-1)!.push(token);
  }
  const isComplete = depth === 0 && commands.every((command) => command.length > 0);
  const takesValues = commands.slice(1).every(([first]) => /^[a-z.$(]/.test(first!));
  const isCall = commands.every(
    ([first, second]) => second === undefined || !/^["`\d-]|^(?:true|false|nil|\.)$/.test(first!),
  );
  return isComplete && takesValues && isCall ? null : fault;
}
