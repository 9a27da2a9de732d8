import { BARE_ALERTS, type Endpoint } from '../api/endpoints';
import { refused, type HostileCase, type HostileRow, type Scene } from '../row';

/** Endpoints whose body the gateway itself reads. */
export const withBody = ({ endpoints }: Scene): Endpoint[] =>
  endpoints.filter(({ body, group }) => body !== null && group !== 'C');

const MALFORMED: readonly [what: string, text: (good: string) => string][] = [
  ['a trailing comma', (good) => good.replace(/([}\]])$/, ',$1')],
  ['NaN', (good) => good.replace(/:/, ':NaN,"x":')],
  ['Infinity', () => '{"a":Infinity}'],
  ['single quotes', (good) => good.replaceAll('"', "'")],
  ['a byte order mark', (good) => `\ufeff${good}`],
  ['a block comment', (good) => `/* c */${good}`],
  ['a line comment', (good) => `// c\n${good}`],
  ['a second document', (good) => good + good],
  ['text behind', (good) => `${good}x`],
  ['text in front', (good) => `x${good}`],
  ['a bare word', () => 'alerts'],
  ['an unquoted name', () => '{name:"a"}'],
  ['a leading zero', () => '{"a":01}'],
  ['a hexadecimal number', () => '{"a":0x1}'],
  ['a plus sign', () => '{"a":+1}'],
  ['a bare fraction', () => '{"a":.5}'],
  ['a raw line end in a text', () => '{"a":"b\nc"}'],
  ['a raw NUL in a text', () => '{"a":"b\u0000c"}'],
  ['an unknown escape', () => '{"a":"\\x41"}'],
  ['a missing colon', () => '{"a" 1}'],
  ['a missing comma', () => '{"a":1 "b":2}'],
  ['undefined', () => '{"a":undefined}'],
  ['True', () => 'True'],
  ['an open bracket', () => '['],
  ['a closing brace too many', (good) => `${good}}`],
  ['XML', () => '<alerts/>'],
  ['YAML', () => 'alerts:\n- a'],
  ['a form', () => 'a=b&c=d'],
];

/** Texts that are no JSON, for one valid text, cut at a number of places among them. */
export function* malformedTexts(good: string, cuts: readonly number[]): Generator<[what: string, text: string]> {
  for (const [what, text] of MALFORMED) yield [what, text(good)];
  for (const cut of cuts) yield [`cut off at byte ${cut}`, good.slice(0, cut)];
}

/** Cases made from the valid body of each endpoint, which holds at least one name and one text. */
export function* eachBody(
  scene: Scene,
  make: (endpoint: Endpoint, good: string) => Iterable<HostileCase>,
): Generator<HostileCase> {
  for (const endpoint of withBody(scene)) {
    const good = scene.build.bodyText(endpoint) ?? '';
    // Where every field may be left out, `{}` is valid, and there is nothing in it to break or to repeat.
    yield* make(endpoint, good === '{}' ? '{"reason":"text"}' : good);
  }
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

export const bodyRows: readonly HostileRow[] = [
  {
    id: 'B01',
    summary: 'malformed JSON',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, good) {
        const cuts = Array.from({ length: 8 }, () => 1 + scene.random.below(good.length - 1));
        for (const [what, body] of malformedTexts(good, cuts))
          yield { endpoint, what, send: scene.build.request(endpoint, { body }), expected: refused(400, '') };
      });
    },
  },
  {
    id: 'B02',
    summary: 'an empty body',
    *cases(scene) {
      for (const endpoint of withBody(scene)) {
        for (const body of ['', ' ', '\r\n', '\t'])
          yield {
            endpoint,
            what: JSON.stringify(body),
            send: scene.build.request(endpoint, { body }),
            expected: refused(400, ''),
          };
        const headers = { 'content-type': 'application/json', 'content-length': '0' };
        const send = scene.build.request(endpoint, { body: null, headers });
        yield { endpoint, what: 'none', send, expected: refused(400, '') };
      }
    },
  },
  {
    id: 'B03',
    summary: 'another content type, or none',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, body) {
        for (const type of [
          'text/plain',
          'text/json',
          'application/xml',
          'application/yaml',
          'application/octet-stream',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'application/problem+json',
          'application/jsonp',
          'application/json, text/plain',
          'json',
          '',
          '*/*',
        ]) {
          if (endpoint.takes.includes(type)) continue;
          const send = scene.build.request(endpoint, { body, headers: { 'content-type': type } });
          yield { endpoint, what: `"${type}"`, send, expected: refused(415) };
        }
        const send = scene.build.request(endpoint, { body });
        send.headers = send.headers.filter(([name]) => name !== 'Content-Type');
        yield { endpoint, what: 'none', send, expected: refused(415) };
      });
    },
  },
  {
    id: 'B04',
    summary: 'another charset',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, body) {
        for (const charset of ['utf-16', 'utf-16le', 'latin1', 'iso-8859-1', 'us-ascii', 'utf-7', 'x', '']) {
          const headers = { 'content-type': `application/json; charset=${charset}` };
          const send = scene.build.request(endpoint, { body, headers });
          yield { endpoint, what: charset, send, expected: refused(415) };
        }
      });
    },
  },
  {
    id: 'B05',
    summary: 'bytes that are no UTF-8, and half surrogate pairs',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, good) {
        const bytes = Buffer.from(good);
        for (const bad of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88], [0xc0, 0xaf], [0xe2, 0x82]]) {
          const at = good.indexOf('"', good.indexOf(':')) + 1;
          const body = Buffer.concat([bytes.subarray(0, at), Buffer.from(bad), bytes.subarray(at)]);
          const send = scene.build.request(endpoint, { body });
          yield { endpoint, what: `bytes ${bad.join(' ')}`, send, expected: refused(400, '') };
        }
        const wide = scene.build.request(endpoint, { body: Buffer.from(good, 'utf16le') });
        yield { endpoint, what: 'UTF-16', send: wide, expected: refused(400, '') };
        // In an alert it is that alert's fault alone: see B17.
        if (endpoint.group === 'W') return;
        for (const half of ['\\ud800', '\\udc00', '\\ud800\\ud800', 'a\\udfffb']) {
          const body = good.replace(/":"/, `":"${half}`);
          if (body === good) break;
          yield { endpoint, what: half, send: scene.build.request(endpoint, { body }), expected: refused(400, '/') };
          const key = good.replace(/^{/, `{"${half}":1,`);
          const send = scene.build.request(endpoint, { body: key });
          yield { endpoint, what: `key ${half}`, send, expected: refused(400) };
        }
      });
    },
  },
  {
    id: 'B06',
    summary: 'an array, a scalar, null or a text instead of an object',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, good) {
        if (endpoint.path === BARE_ALERTS) return;
        for (const body of [
          '[]',
          `[${good}]`,
          '""',
          '"text"',
          '5',
          '-0',
          '1e3',
          'true',
          'false',
          'null',
          JSON.stringify(good),
        ])
          yield {
            endpoint,
            what: body.slice(0, 20),
            send: scene.build.request(endpoint, { body }),
            expected: refused(400, ''),
          };
      });
    },
  },
  {
    id: 'B09',
    summary: 'a body over the limit, told, untold and without end',
    concurrency: 2,
    *cases(scene) {
      for (const endpoint of withBody(scene)) {
        const limit = endpoint.largestBody;
        const body = `{"x":"${'x'.repeat(limit - 7)}"}`;
        // The server may hang up while we are still sending: then the answer is lost to us.
        const expected = { ...refused(413), mayBeCut: true };
        yield { endpoint, what: 'one byte more', send: scene.build.request(endpoint, { body }), expected };
        const told = scene.build.request(endpoint, {
          body: '{',
          headers: { 'content-length': String(100 * 1024 * 1024) },
        });
        yield { endpoint, what: '100 MB told', send: told, expected, options: { timeoutMs: 18_000 } };
        const headers = { 'transfer-encoding': 'chunked' };
        const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
        const endless = scene.build.request(endpoint, { body: '', headers });
        yield { endpoint, what: 'chunks without end', send: endless, expected, options: { endless: chunk } };
      }
    },
  },
  {
    id: 'B10',
    summary: 'compressed bodies',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, body) {
        for (const encoding of [
          'gzip',
          'x-gzip',
          'deflate',
          'br',
          'zstd',
          'identity, gzip',
          'gzip, identity',
          'nonsense',
          'GZIP',
        ]) {
          const send = scene.build.request(endpoint, { body, headers: { 'content-encoding': encoding } });
          yield { endpoint, what: encoding, send, expected: refused(415) };
        }
      });
    },
  },
  {
    id: 'B11',
    summary: 'nesting',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, good) {
        if (endpoint.group === 'W') return;
        for (const levels of [17, 33, 1_000, 50_000]) {
          for (const body of [
            good.replace(/^{/, `{"x":${nested(levels)},`),
            nested(levels),
            `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
          ])
            yield {
              endpoint,
              what: `${levels} levels of ${body.slice(0, 6)}`,
              send: scene.build.request(endpoint, { body }),
              expected: refused(400),
            };
        }
      });
    },
  },
  {
    id: 'B20',
    summary: 'the same key twice',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, good) {
        if (endpoint.group === 'W') return;
        const [name = ''] = Object.keys(JSON.parse(good) as object);
        const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;
        for (const [what, body] of [
          ['first', good.replace(/^{/, `{"${name}":1,`)],
          ['last', good.replace(/}$/, `,"${name}":"other"}`)],
          ['written with an escape', good.replace(/}$/, `,"${escaped}":"other"}`)],
          [
            'with the same value',
            good.replace(/}$/, `,"${name}":${JSON.stringify((JSON.parse(good) as never)[name])}}`),
          ],
        ] as const)
          yield {
            endpoint,
            what,
            send: scene.build.request(endpoint, { body }),
            expected: refused(400, `/${name}`),
          };
        const body = good.replace(/}$/, ',"labels":{"a":"b","a":"c"}}');
        yield {
          endpoint,
          what: 'deeper',
          send: scene.build.request(endpoint, { body }),
          expected: refused(400, '/labels'),
        };
      });
    },
  },
];
