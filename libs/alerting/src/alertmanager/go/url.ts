/** What Go's `net/url` made of a text. */
interface GoUrl {
  scheme: string;
  host: string;
}

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
const BAD_IN_HOST = /[^A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\uffff]/;
const BAD_IN_USER = /[^A-Za-z0-9\-._:~!$&'()*+,;=%@]/;

/** Reads a URL as Go's `url.Parse` does, which is both stricter and laxer than the web's grammar; text says why it is refused. */
export function parseGoUrl(text: string): GoUrl | string {
  if ([...text].some((character) => character < ' ' || character === '\u007f'))
    return 'must not hold control characters';
  const hash = text.indexOf('#');
  const fragment = hash < 0 ? '' : text.slice(hash + 1);
  if (BAD_ESCAPE.test(fragment)) return 'has a % that is not followed by two hexadecimal digits';
  const split = splitScheme(hash < 0 ? text : text.slice(0, hash));
  if (split === null) return 'begins with a colon';
  const { scheme } = split;
  const rest = split.rest.split('?')[0]!;
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { scheme, host: '' };
    return rest.split('/')[0]!.includes(':') ? 'must begin with http:// or https://' : pathOf(scheme, '', rest);
  }
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) return pathOf(scheme, '', rest);
  const slash = rest.indexOf('/', 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  if (BAD_IN_USER.test(user) || BAD_ESCAPE.test(user)) return 'has characters in its user part that must be escaped';
  const host = authority.slice(at + 1);
  return hostFault(host) ?? pathOf(scheme, host, slash < 0 ? '' : rest.slice(slash));
}

function splitScheme(text: string): { scheme: string; rest: string } | null {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  if (match) return { scheme: match[1]!.toLowerCase(), rest: text.slice(match[0].length) };
  return text.startsWith(':') ? null : { scheme: '', rest: text };
}

function pathOf(scheme: string, host: string, path: string): GoUrl | string {
  if (BAD_ESCAPE.test(path)) return 'has a % that is not followed by two hexadecimal digits';
  return { scheme, host };
}

function hostFault(host: string): string | null {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    if (end < 0) return 'has a [ without its ]';
    if (!/^(?::\d*)?$/.test(host.slice(end + 1))) return 'has a port that is no number';
    const [address, zone] = host.slice(1, end).split('%25', 2);
    return URL.canParse(`http://[${address!}]/`) && (zone === undefined || !BAD_IN_HOST.test(zone))
      ? null
      : 'has no IPv6 address between [ and ]';
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return 'has a port that is no number';
  // Go since 1.26; older ones took such a host, and could never reach it.
  if (host.indexOf(':') !== colon) return 'has more than one colon in its host';
  const unescaped = host.replace(/%(?:25|[89a-fA-F][0-9a-fA-F])/g, '');
  return BAD_IN_HOST.test(unescaped) ? 'has characters in its host that cannot stand there' : null;
}
