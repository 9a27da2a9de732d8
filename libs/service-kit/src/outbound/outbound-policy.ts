import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Why a request must not be sent. `message` is safe to show: it names no resolved address. */
export class OutboundRefusal extends Error {
  readonly code = 'url_not_allowed';
}

/**
 * Ports on which infrastructure listens and a webhook never does. Text protocols among them (SMTP, Redis, NATS) can
 * be talked to through an HTTP request, so they are closed on public addresses too.
 */
const CLOSED_PORTS = new Set([
  1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4222, 5432, 5672, 5900, 5984, 6000, 6222, 6379, 6443,
  7474, 8086, 8222, 8500, 9042, 9090, 9091, 9093, 9094, 9200, 9300, 10250, 10255, 11211, 15672, 27017,
]);

/** Public by their number, internal by their meaning: the platform services of a cloud. */
const CLOSED_ADDRESSES = new Set(['168.63.129.16']);

/** All of IPv6 that is assigned for the public; what lies outside includes `::127.0.0.1` in its disguises. */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Decides where outgoing requests may go: public unicast addresses on web ports, and what the operator named: networks
 * (`10.0.0.0/8`), hosts (`n8n`), hosts with port (`n8n:5678`) and origins (`http://n8n:5678`). An exception for a host
 * or origin trusts whatever that name resolves to.
 */
export class OutboundPolicy {
  private readonly networks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  private readonly hosts = new Set<string>();
  private readonly origins = new Set<string>();

  constructor(exceptions: readonly string[]) {
    for (const exception of exceptions) this.add(exception.trim());
  }

  /** Checks all that can be seen without resolving names. @throws OutboundRefusal */
  checkUrl(text: string): URL {
    const url = parse(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new OutboundRefusal('only http and https addresses are allowed');
    if (url.username || url.password) throw new OutboundRefusal('an address with user name or password is not allowed');
    this.checkTarget(url.protocol, url.hostname, portOf(url.protocol, url.port));
    return url;
  }

  /** Checks host and port as a connection is about to use them; a literal address is checked here, a name when resolved. @throws OutboundRefusal */
  checkTarget(protocol: string, hostname: string, port: number): void {
    const host = bare(hostname);
    if (this.isTrusted(protocol, hostname, port)) return;
    const literal = isIP(host) !== 0;
    if (literal && this.isInNetwork(host)) return;
    if (!isWebPort(port)) throw new OutboundRefusal(`port ${port} is not allowed`);
    if (literal) this.checkAddress(host);
  }

  /** Whether the operator named this host or origin. */
  isTrusted(protocol: string, hostname: string, port: number): boolean {
    const host = bare(hostname).toLowerCase();
    return (
      this.origins.has(`${protocol}//${host}:${port}`) || this.hosts.has(host) || this.hosts.has(`${host}:${port}`)
    );
  }

  /** Checks an address a name resolved to. @throws OutboundRefusal */
  checkAddress(address: string): void {
    if (this.isInNetwork(address)) return;
    const parsed = ipaddr.process(address);
    const assigned = parsed.kind() === 'ipv4' || parsed.match(PUBLIC_IPV6);
    if (!assigned || parsed.range() !== 'unicast' || CLOSED_ADDRESSES.has(parsed.toString())) {
      throw new OutboundRefusal('the address is not a public one; name it in security.outbound_allow if it is meant');
    }
  }

  private isInNetwork(address: string): boolean {
    const parsed = ipaddr.process(address);
    return this.networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  }

  private add(exception: string): void {
    if (exception.includes('://')) {
      const url = new URL(exception);
      this.origins.add(`${url.protocol}//${bare(url.hostname)}:${portOf(url.protocol, url.port)}`);
    } else if (ipaddr.isValidCIDR(exception)) {
      this.networks.push(ipaddr.parseCIDR(exception));
    } else if (ipaddr.isValid(bare(exception))) {
      const address = ipaddr.process(bare(exception));
      this.networks.push([address, address.kind() === 'ipv4' ? 32 : 128]);
    } else {
      this.hosts.add(exception.toLowerCase().replace(/^\[(.*)\]/, '$1'));
    }
  }
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new OutboundRefusal('not an address');
  }
}

function portOf(protocol: string, port: string): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function isWebPort(port: number): boolean {
  return port === 80 || port === 443 || (port >= 1024 && !CLOSED_PORTS.has(port));
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
