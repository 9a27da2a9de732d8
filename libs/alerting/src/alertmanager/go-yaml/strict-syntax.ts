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

/** Finds what go-yaml refuses in any file, and the YAML library lets through. */
export function strictSyntaxFault(text: string): SyntaxPlace | null {
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden)
    return {
      fault: 'holds a control character, a hidden line end, or bytes that are no UTF-8',
      offset: forbidden.index,
    };
  const version = /^%YAML[ \t]+(\S+)/m.exec(text);
  if (version && version[1] !== '1.1') return { fault: 'asks for a YAML other than 1.1', offset: version.index };
  return null;
}
