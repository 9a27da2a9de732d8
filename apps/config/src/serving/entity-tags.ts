/**
 * Whether an `If-None-Match` header names this tag. Compared weakly, as RFC 9110 wants it here: a proxy that compresses
 * may have put `W/` in front.
 */
export function matchesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);
}
