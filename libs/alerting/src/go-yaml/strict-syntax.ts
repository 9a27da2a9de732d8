import { faultAfterMarkers } from './following-text';

/** A place that makes go-yaml refuse a file. */
interface SyntaxPlace {
  fault: string;
  offset: number;
}

/**
 * What must not stand in a file: control characters; what a decoder puts in place of broken bytes; and the line ends
 * of YAML 1.1 that nobody sees, which cut comments and texts in two. Inside of double quotes each has an escape.
 */
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\u2028\u2029\ufffd-\uffff]/u;
const FORBIDDEN_IN_UTF8 = /(?![\t\n\r])[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u;

/** Version 3 of go-yaml takes a byte order mark for a character like others. */
const MARK_IN_TEXT = /[\r\n]\ufeff/;
/** Nothing but comments, and then the end of a document that has not begun. */
const ENDS_AT_ONCE = /^\ufeff?(?:[ \t]*(?:#[^\n]*)?\n)*\.\.\.(?:\s|$)/;
/** Finds what go-yaml refuses in any file, and the YAML library lets through. */
export function strictSyntaxFault(text: string, reader: 2 | 3, isUtf8: boolean): SyntaxPlace | null {
  if (reader === 3) {
    const early = faultOfVersion3(text);
    if (early) return early;
  }
  const forbidden = (isUtf8 ? FORBIDDEN_IN_UTF8 : FORBIDDEN).exec(text);
  if (forbidden)
    return {
      fault: 'holds a control character, a hidden line end, or bytes that are no UTF-8',
      offset: forbidden.index,
    };
  const version = /^%YAML[ \t]+(\S+)/m.exec(text);
  if (version && version[1] !== '1.1') return { fault: 'asks for a YAML other than 1.1', offset: version.index };
  return null;
}

function faultOfVersion3(text: string): SyntaxPlace | null {
  const mark = MARK_IN_TEXT.exec(text);
  if (mark) return { fault: 'has a byte order mark inside', offset: mark.index + 1 };
  if (ENDS_AT_ONCE.test(text)) return { fault: 'ends with "..." before it begins', offset: 0 };
  return faultAfterMarkers(text);
}
