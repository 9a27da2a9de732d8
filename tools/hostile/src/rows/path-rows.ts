import { type Endpoint } from '../api/endpoints';
import { refused, type HostileCase, type HostileRow, type Scene } from '../row';

const BAD_IDS: readonly string[] = [
  '..%2f',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f',
  '%2e%2e',
  '..;',
  '%252e%252e%252f',
  'C:%5C',
  'C:%5cwindows%5c',
  'a%00b',
  '%00',
  'a%01',
  'a%0d%0aX-Injected:1',
  'a%7fb',
  '%ff',
  '%ed%a0%80',
  '%zz',
  '%',
  'x'.repeat(150),
  'x'.repeat(300),
  'x'.repeat(9_000),
  '%F0%9F%98%80'.repeat(40),
  "'%20OR%201=1--",
  '%22%3E%3Cscript%3E',
  '{{7*7}}',
  '$(id)',
  '*',
  '%25',
  '_',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1e9',
  '__proto__',
  'constructor',
  'toString',
  '%E2%80%AE',
  '%20',
  '01900000-0000-7000-8000-00000000dead',
  '01900000-0000-7000-8000-00000000DEAD%20',
  '(a+)+$',
];

function* pathCases(scene: Scene): Generator<HostileCase> {
  for (const endpoint of scene.endpoints) {
    const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    for (const name of names) {
      for (const id of BAD_IDS)
        yield {
          endpoint,
          what: `${name} = ${id.slice(0, 30)}`,
          send: scene.build.request(endpoint, { params: { [name]: id } }),
          expected: {
            status: [...(mayBeChosen(endpoint, name, id) ? endpoint.success : []), 400, 404, 409, 414, 431],
            check: noInjectedHeader,
          },
        };
      for (const id of ['', '..', '.'])
        yield {
          endpoint,
          what: `${name} = "${id}"`,
          send: scene.build.request(endpoint, { params: { [name]: id } }),
          // An empty segment may leave another path of ours, which does not offer this method.
          expected: refused([400, 404, 405]),
        };
    }
  }
}

/** Whether the endpoint says that a sender may call something so. */
function mayBeChosen({ chosenNames }: Endpoint, parameter: string, encoded: string): boolean {
  try {
    return chosenNames.get(parameter)?.test(decodeURIComponent(encoded)) ?? false;
  } catch {
    return false;
  }
}

const noInjectedHeader = ({ headers }: { headers: Record<string, string> }): string | null =>
  headers['x-injected'] === undefined ? null : 'a header was injected';

/** Other spellings of a path, and whether they may be served like the path itself. */
function spellings(path: string): [what: string, target: string][] {
  const last = path.split('/').at(-1) ?? '';
  const code = last.charCodeAt(0).toString(16);
  return [
    ['two slashes', `/${path}`],
    ['a slash behind', `${path}/`],
    ['a slash doubled', path.replace('/v1/', '/v1//')],
    ['a semicolon', `${path};x`],
    ['a matrix parameter', path.replace('/v1/', '/v1;a=b/')],
    ['upper case', path.toUpperCase()],
    ['a dot', path.replace('/v1/', '/v1/./')],
    ['two dots', path.replace('/v1/', '/v1/x/../')],
    ['two encoded dots', path.replace('/v1/', '/v1/x/%2e%2e/')],
    ['an encoded slash', path.replace('/v1/', '/v1%2f')],
    ['a backslash', path.replace('/v1/', '/v1\\')],
    ['an encoded letter', path.slice(0, path.length - last.length) + `%${code}${last.slice(1)}`],
    ['an encoded space', `${path}%20`],
    ['NUL', `${path}%00`],
    ['a fragment', `${path}#x`],
    ['an extension', `${path}.json`],
  ];
}

export const pathRows: readonly HostileRow[] = [
  { id: 'B32', summary: 'ids that lead elsewhere', cases: pathCases },
  {
    id: 'B37',
    summary: 'methods a path does not offer: 405 with Allow',
    *cases(scene) {
      const offered = new Map<string, Set<string>>();
      for (const { path, method } of scene.api.endpoints) {
        const methods = offered.get(path) ?? new Set<string>();
        offered.set(path, methods.add(method));
        if (method === 'GET') methods.add('HEAD');
      }
      const seen = new Set<string>();
      for (const endpoint of scene.endpoints) {
        if (seen.has(endpoint.path)) continue;
        seen.add(endpoint.path);
        const path = scene.build.path(endpoint);
        // A literal path may be matched by one with a parameter as well: `alerts/analyze` is no alert's id, but PUT finds none.
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'HEAD']) {
          if (offeredBySibling(method, path, scene, offered)) continue;
          const request = scene.build.request(endpoint, { body: null });
          yield {
            endpoint,
            what: method,
            send: { ...request, method },
            expected: {
              ...refused(405),
              check: ({ headers }) => allowFault(headers['allow'], offered.get(endpoint.path)),
            },
          };
        }
      }
    },
  },
  {
    id: 'B38',
    summary: 'other spellings of a path are never more open than the path',
    *cases(scene) {
      const seen = new Set<string>();
      for (const endpoint of scene.endpoints) {
        if (seen.has(endpoint.path) || endpoint.isPublic) continue;
        seen.add(endpoint.path);
        for (const [what, target] of spellings(scene.build.path(endpoint))) {
          const open = scene.build.request(endpoint, { token: null, target });
          yield { endpoint, what: `${what}, no token`, send: open, expected: refused([400, 401, 404, 405]) };
          if (['W', 'C'].includes(endpoint.group) || endpoint.method !== 'POST' || !endpoint.isForOperators) continue;
          const weak = scene.build.request(endpoint, { token: scene.stand.token('viewer'), target });
          yield { endpoint, what: `${what}, a viewer`, send: weak, expected: refused([400, 401, 403, 404, 405]) };
        }
      }
      for (const endpoint of scene.endpoints.filter(({ method, isPublic }) => method === 'GET' && !isPublic)) {
        const head = { ...scene.build.request(endpoint, { token: null, body: null }), method: 'HEAD' };
        yield { endpoint, what: 'HEAD, no token', send: head, expected: refused([401, 405]) };
      }
    },
  },
];

function offeredBySibling(
  method: string,
  path: string,
  { api }: Scene,
  offered: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  return api.endpoints.some(
    (other: Endpoint) =>
      new RegExp(`^${other.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path) &&
      (offered.get(other.path)?.has(method) ?? false),
  );
}

function allowFault(allow: string | undefined, offered: ReadonlySet<string> | undefined): string | null {
  const said = new Set((allow ?? '').split(/,\s*/));
  const missing = [...(offered ?? [])].filter((method) => !said.has(method));
  return missing.length === 0 ? null : `Allow leaves out ${missing.join(', ')}`;
}
