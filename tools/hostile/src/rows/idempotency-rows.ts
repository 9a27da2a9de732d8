import type { Endpoint } from '../api/endpoints';
import { refused, type HostileCase, type HostileRow, type Scene } from '../row';
import { withBody } from './body-rows';

/** Operations that create something and are not the webhook, whose repeats are told by their content. */
const creators = (scene: Scene): Endpoint[] =>
  withBody(scene).filter(
    ({ method, group, path }) =>
      method === 'POST' &&
      group !== 'W' &&
      /\/(rules|clusters|tokens|analyze|escalate|execute|sources|suppressions|notes|what-if)$/.test(path),
  );

const created = ({ success }: Endpoint): number[] => success.filter((status) => status === 201 || status === 202);

const keyOf = (scene: Scene, what: string): string => `hostile-${what}-${scene.stand.nextSerial()}`;

function* repeats(scene: Scene): Generator<HostileCase> {
  for (const endpoint of creators(scene)) {
    const body = JSON.stringify(scene.build.body(endpoint));
    const other = JSON.stringify(scene.build.body(endpoint)).replace(/}$/, ' }');
    const key = keyOf(scene, 'repeat');
    const make = (text: string, name = key) =>
      scene.build.request(endpoint, { body: text, headers: { 'idempotency-key': name } });
    let first = '';
    yield {
      endpoint,
      what: 'the first',
      send: make(body),
      expected: { status: created(endpoint), check: ({ text }) => ((first = text), null) },
    };
    yield {
      endpoint,
      what: 'its repeat',
      send: make(body),
      expected: {
        status: created(endpoint),
        check: ({ text, headers }) =>
          text === first && headers['idempotency-replayed'] === 'true' ? null : 'it was done again',
      },
    };
    const changed = changedBody(endpoint, scene, body);
    if (changed !== null) yield { endpoint, what: 'another body', send: make(changed), expected: refused(422) };
    const stranger = { ...make(other), headers: make(other).headers };
    if (changed !== null)
      yield {
        endpoint,
        what: 'the key of somebody else',
        send: {
          ...stranger,
          headers: stranger.headers.map(([n, v]) => [
            n,
            n === 'Authorization' ? `Bearer ${scene.stand.token('viewer')}` : v,
          ]),
        },
        expected: refused(403),
      };
    for (const [what, bad] of [
      ['empty', ''],
      ['256 characters', 'k'.repeat(256)],
      ['300 characters', 'k'.repeat(300)],
      ['outside ASCII', 'k\u00e9y'],
    ] as const)
      yield { endpoint, what: `a key ${what}`, send: make(body, bad), expected: refused(400, '') };
  }
}

/** The same request with one text changed; null when the body has none that is free. */
function changedBody(endpoint: Endpoint, scene: Scene, body: string): string | null {
  const given = JSON.parse(body) as Record<string, unknown>;
  const name = ['name', 'reason', 'action_type'].find((field) => typeof given[field] === 'string');
  return name === undefined ? null : JSON.stringify({ ...given, [name]: `x${scene.stand.nextSerial()}` });
}

/** Ten at once under one key: one is done, the others are told to wait or get its answer. */
async function atOnce(scene: Scene): Promise<string[]> {
  const faults: string[] = [];
  for (const endpoint of creators(scene)) {
    const body = JSON.stringify(scene.build.body(endpoint));
    const request = scene.build.request(endpoint, { body, headers: { 'idempotency-key': keyOf(scene, 'race') } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => scene.stand.send(request)));
    const good = answers.filter(({ status }) => created(endpoint).includes(status));
    const waiting = answers.filter(({ status }) => status === 409);
    const fresh = good.filter(({ headers }) => headers['idempotency-replayed'] === undefined);
    if (fresh.length !== 1 || good.length + waiting.length !== 10 || new Set(good.map(({ text }) => text)).size !== 1)
      faults.push(`${endpoint.name}: ${fresh.length} of ten at once were done, ${waiting.length} told to wait`);
  }
  return faults;
}

export const idempotencyRows: readonly HostileRow[] = [
  {
    id: 'B44',
    summary: 'Idempotency-Keys: repeats, other bodies, bad keys, ten at once',
    inOrder: true,
    cases: repeats,
    afterwards: atOnce,
  },
];
