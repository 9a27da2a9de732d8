/** A place that makes go-yaml refuse a file. */
export interface SyntaxPlace {
  fault: string;
  offset: number;
}

/** What may stand in a file at all; a byte order mark only at its beginning. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Finds what go-yaml refuses in any file, and the YAML library lets through. */
export function strictSyntaxFault(text: string): SyntaxPlace | null {
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden) return { fault: 'holds a control character', offset: forbidden.index };
  const version = /^%YAML[ \t]+(\S+)/m.exec(text);
  if (version && version[1] !== '1.1') return { fault: 'asks for a YAML other than 1.1', offset: version.index };
  return null;
}
