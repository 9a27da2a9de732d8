/** Tabs with nothing but spaces, or the signs of items, keys and values, before them on their line. */
const LEADING_TAB = /(?:^|[\r\n]) *(?:[-?:](?: +|(?=\t)))*(?=\t)/g;
/** What ends the text before a line without being part of a text without quotes. */
const PUNCTUATION = /[,[\]{}:"'>|]$/;

/** A part of a text; `end` is after it. */
export interface Span {
  start: number;
  end: number;
}

/** Where tabs may begin a line. */
export interface TabSpans {
  /** Quotes and block texts. */
  texts: Span[];
  /** Lists and mappings in brackets. */
  brackets: Span[];
}

/**
 * Finds a tab that go-yaml takes for indentation: at the beginning of any line but inside of quotes, of block texts, and of brackets.
 * There a text without quotes must not end on the line before, unless everything stands in brackets (`root`), as in JSON.
 * Null when there is none before `end`.
 */
export function leadingTab(text: string, end: number, { texts, brackets }: TabSpans, root: Span): number | null {
  const isIn = (spans: readonly Span[], at: number): boolean => spans.some((span) => at > span.start && at < span.end);
  const isJson = brackets.some(({ start }) => start === root.start);
  for (const match of text.slice(0, end).matchAll(LEADING_TAB)) {
    const at = match.index + match[0].length;
    if (isIn(texts, at)) continue;
    if (isIn(brackets, at) && (isJson || PUNCTUATION.test(text.slice(0, match.index).trimEnd()))) continue;
    return at;
  }
  return null;
}
