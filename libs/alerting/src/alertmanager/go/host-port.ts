/** Why Go's `net.SplitHostPort`, or Alertmanager after it, refuses an address of a mail server, or null. Empty is none. */
export function hostPortFault(text: string): string | null {
  if (text === '') return null;
  const fault = 'must be host:port, IPv6 addresses in brackets';
  const colon = text.lastIndexOf(':');
  if (colon < 0) return fault;
  let inside = text.slice(0, colon);
  let opened = 0;
  let closed = 0;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0 || end + 1 !== colon) return fault;
    inside = text.slice(1, end);
    opened = 1;
    closed = end + 1;
  } else if (inside.includes(':')) return fault;
  if (text.indexOf('[', opened) >= 0 || text.indexOf(']', closed) >= 0) return fault;
  return text.length === colon + 1 ? 'must name a port' : null;
}
