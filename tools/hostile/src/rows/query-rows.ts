import { type Endpoint } from '../api/endpoints';
import { refused, type HostileCase, type HostileRow, type Scene } from '../row';
import type { Answer } from '../wire/answer';

const lists = ({ endpoints }: Scene): Endpoint[] =>
  endpoints.filter(({ method, group }) => method === 'GET' && !['C', 'P', 'S'].includes(group));

const has = (endpoint: Endpoint, name: string): boolean => endpoint.query.some((one) => one.name === name);

function* badQueries(endpoint: Endpoint): Generator<[query: string, pointer: string]> {
  if (has(endpoint, 'limit'))
    for (const value of [
      '-1',
      '0',
      '1e9',
      '501',
      '1000000000',
      '5.5',
      '',
      'five',
      '0x10',
      '+5',
      '%20',
      '5%00',
      '٥',
      '9'.repeat(400),
    ])
      yield [`limit=${value}`, '/limit'];
  if (has(endpoint, 'limit')) yield ['limit=5&limit=6', '/limit'];
  if (has(endpoint, 'cursor')) {
    yield ['cursor=a&cursor=b', '/cursor'];
    yield [`cursor=${'x'.repeat(501)}`, '/cursor'];
    yield ['cursor[]=a', '/cursor'];
    yield ['cursor=%00', '/cursor'];
  }
  for (const query of [
    'page=-1',
    'sort=id;drop',
    'unknown=1',
    '__proto__=x',
    '__proto__[a]=x',
    'constructor=x',
    'toString=1',
    '%00=1',
    '=1',
    `${'n'.repeat(3_000)}=1`,
  ])
    yield [query, '/'];
  for (const { name, schema } of endpoint.query) {
    if (name === 'limit' || name === 'cursor') continue;
    yield [`${name}=a&${name}=b`, `/${name}`];
    yield [`${name}=%00`, `/${name}`];
    yield [`${name}=a%01b`, `/${name}`];
    yield [`${name}=a%0d%0aSet-Cookie:x`, `/${name}`];
    yield [`${name}=${'x'.repeat(5_000)}`, `/${name}`];
    if (schema.enum)
      for (const value of ['', 'NONE', '0', 'true'].filter((one) => !schema.enum?.includes(one)))
        yield [`${name}=${value}`, `/${name}`];
  }
}

export const queryRows: readonly HostileRow[] = [
  {
    id: 'B22',
    summary: 'queries out of range, unknown or repeated',
    *cases(scene) {
      for (const endpoint of lists(scene))
        for (const [query, pointer] of badQueries(endpoint)) {
          // Operations without parameters of their own take no notice of any.
          const expected = endpoint.query.length > 0 ? refused(400, pointer) : { status: [200, 400, 404, 409] };
          yield { endpoint, what: query.slice(0, 40), send: scene.build.request(endpoint, { query }), expected };
        }
      yield* cursors(scene);
    },
  },
  {
    id: 'B31',
    summary: 'injections in queries find nothing and harm nothing',
    *cases(scene) {
      for (const endpoint of lists(scene))
        for (const { name, schema } of endpoint.query) {
          if (['limit', 'cursor'].includes(name) || schema.enum) continue;
          for (const text of [
            "' OR 1=1--",
            '%',
            '_',
            '%25',
            '\\',
            '"',
            '*',
            '{"$gt":""}',
            'a) OR (1=1',
            '$(id)',
            '\u202e',
            'null',
          ])
            yield {
              endpoint,
              what: `${name}=${text}`,
              send: scene.build.request(endpoint, { query: `${name}=${encodeURIComponent(text)}` }),
              expected: { status: [200, 400, 404], mayEcho: true, check: findsNothing },
            };
        }
    },
  },
];

/** Garbage where a cursor belongs: refused, or the page after nothing. Never an error of ours. */
function* cursors(scene: Scene): Generator<HostileCase> {
  for (const endpoint of lists(scene).filter((one) => has(one, 'cursor')))
    for (const cursor of [
      'x',
      "' OR 1=1--",
      '-1',
      '0',
      '{}',
      '[]',
      'bnVsbA',
      'e30',
      'MTIz',
      'eyJhIjoxfQ',
      '%F0%9F%98%80',
      '../../x',
      'AAAAAAAAAAAAAAAAAAAA',
      'zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz',
      '01900000-0000-7000-8000-00000000dead',
    ])
      yield {
        endpoint,
        what: `cursor=${cursor}`,
        send: scene.build.request(endpoint, { query: `cursor=${encodeURIComponent(cursor)}` }),
        // A thing of which nothing is there is not found whatever the cursor.
        expected: { status: endpoint.path.includes('{') ? [200, 400, 404] : [200, 400] },
      };
}

function findsNothing({ status, headers, text }: Answer): string | null {
  // An export is a file, without a list.
  if (status !== 200 || !headers['content-type']?.startsWith('application/json')) return null;
  const { items } = JSON.parse(text) as { items?: unknown[] };
  return items === undefined || items.length === 0 ? null : `found ${items.length} things with it`;
}
