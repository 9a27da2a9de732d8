import type { YAMLParseError } from 'yaml';

/** The library wants space before a comment; go-yaml does without where quotes, brackets or a comma end what stands before. */
export function isCloseComment({ code, message, pos }: YAMLParseError, text: string): boolean {
  if (code !== 'MISSING_CHAR' || !message.startsWith('Comments must be separated')) return false;
  const at = text.indexOf('#', pos[0]);
  return at > 0 && /["'[\]{},]/.test(text[at - 1] ?? '');
}
