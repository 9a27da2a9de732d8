/** Lines of nothing and of comments, and the space before what comes then. */
const GAP = /^[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*/;
const MARKER = /^(?:---|\.\.\.)(?=\s|$)/gm;
/** What may stand around a document without being one. */
const NO_CONTENT = /^(?:[ \t]*(?:#[^\n]*)?\n|%[^\n]*\n)*[ \t]*(?:#[^\n]*)?$/;

/** A whole text in quotes at the beginning. */
export const DOUBLE_QUOTES = /^"(?:[^"\\]|\\[^])*"/;
export const SINGLE_QUOTES = /^'(?:[^']|'')*'/;
const BAD_ESCAPE = /^"(?:[^"\\]|\\[0abt\tnvfre "/\\N_LPxuU\n])*\\[^0abt\tnvfre "/\\N_LPxuU\n]/;
const BLOCK_TEXT = /^[|>](?:[+-]?[1-9]?|[1-9][+-])(?:[ \t]+#[^\n]*|[ \t]*)(?:\n|$)/;
const INDICATOR = /^[-?:](?:\s|$)/;
const KEY = /^(?:(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*|[^\s#&*!|>'"%@`{}[\],][^\n#]*?):(?:\s|$)/;
const DIRECTIVE = /^%(?:YAML|TAG)[ \t]/;

/**
 * Why go-yaml refuses a file for the first thing that follows its first document: nobody reads on, but its scanner has looked there
 * already. Null when it does not mind. `rest` is what follows; `isMarkerLine` that it begins on the line of a `---` or `...`.
 */
export function followingFault(rest: string, isMarkerLine: boolean): string | null {
  const gap = GAP.exec(rest)![0];
  const next = rest.slice(gap.length);
  const lineStart = gap.slice(gap.lastIndexOf('\n') + 1);
  const isSameLine = isMarkerLine && !gap.includes('\n');
  if (next === '' || next.startsWith('\n')) return null;
  if (!isSameLine && lineStart.includes('\t')) return 'has a tab where only spaces may stand';
  if (next.startsWith('%') && (isSameLine || lineStart !== '' || !DIRECTIVE.test(next))) return SIGN;
  if (/^[@`]/.test(next)) return SIGN;
  if (isSameLine && (INDICATOR.test(next) || KEY.test(next)))
    return 'has an item or a key on the line of a "---" or "..."';
  if (next.startsWith('"') && (!DOUBLE_QUOTES.test(next) || BAD_ESCAPE.test(DOUBLE_QUOTES.exec(next)![0])))
    return QUOTES;
  if (next.startsWith("'") && !SINGLE_QUOTES.test(next)) return QUOTES;
  if (/^[|>]/.test(next) && !BLOCK_TEXT.test(next)) return SIGN;
  return null;
}

const SIGN = 'goes on after its first document with a sign that cannot begin a text';
const QUOTES = 'goes on after its first document with quotes that never close, or an escape that is none';

/** Where go-yaml of version 3 refuses a file for what follows a `---` or `...`: of those before its second document. */
export function faultAfterMarkers(text: string): { fault: string; offset: number } | null {
  let [from, isOver] = [0, false];
  for (const marker of text.matchAll(MARKER)) {
    const hasContent = !NO_CONTENT.test(text.slice(from, marker.index));
    if (isOver && hasContent) return null;
    isOver ||= hasContent;
    from = marker.index + marker[0].length;
    const fault = followingFault(text.slice(from), true);
    if (fault !== null) return { fault, offset: from };
  }
  return null;
}
