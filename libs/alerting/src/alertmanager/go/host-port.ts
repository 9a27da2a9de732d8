/** Why Go's `net.SplitHostPort`, or Alertmanager after it, refuses an address of a mail server, or null. Empty is none. */
export function hostPortFault(text: string): string | null {
  if (text === '') return null;
  const fault = 'must be host:port, IPv6 addresses in brackets';
  const colon = text.lastIndexOf(':');
  if (colon < 0) return fault;
  const host = text.slice(0, colon);
  const inside = /^\[([^\]]*)\]$/.exec(host)?.[1];
  if (inside === undefined && /[:[\]]/.test(host)) return fault;
  if (inside?.includes('[') || /[[\]]/.test(text.slice(colon))) return fault;
  return text.length === colon + 1 ? 'must name a port' : null;
}
