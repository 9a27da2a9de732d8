import type { Endpoint } from '../api/endpoints';
import { refused, type Expectation, type HostileCase, type HostileRow, type Scene } from '../row';

/** How long a pattern may keep its answer, in milliseconds: it is judged, and tried on nothing. Other requests are under way at once. */
const LONGEST_MS = 1_000;

/** Patterns that an engine which goes back and tries again would never finish. */
const CATASTROPHIC = ['(a+)+$', '(a|a)*$', '(.*a){20}', '([a-zA-Z]+)*$', '(x+x+)+y'];
/** What RE2, and so Alertmanager, does not know or takes for broken. */
const BROKEN = ['(', '[z-a]', 'a{2,1}', '(?<name>x', '(?=x)', '(?<!x)y', '(a)\\\\1', '*', 'a{1001}', '\\\\p{Nothing}'];

const soon = (status: readonly number[]): Expectation => ({
  status,
  check: ({ milliseconds }) => (milliseconds <= LONGEST_MS ? null : `took ${Math.round(milliseconds)} ms`),
});

const bodyWith = (endpoint: Endpoint, scene: Scene, matcher: string): Record<string, unknown> => {
  const body = scene.build.body(endpoint) as Record<string, unknown>;
  const isPreview = endpoint.path.endsWith('/preview');
  const suppression = (isPreview ? body['definition'] : body) as Record<string, unknown>;
  const changed = { ...suppression, match: [matcher] };
  return isPreview ? { ...body, definition: changed } : changed;
};

function* patterns(scene: Scene): Generator<HostileCase> {
  const endpoints = scene.endpoints.filter(
    ({ method, path }) => method === 'POST' && /\/suppressions(\/preview)?$/.test(path),
  );
  for (const endpoint of endpoints) {
    const send = (matcher: string) =>
      scene.build.request(endpoint, { body: JSON.stringify(bodyWith(endpoint, scene, matcher)) });
    for (const pattern of CATASTROPHIC) {
      const expected = soon(endpoint.success);
      yield { endpoint, what: pattern, send: send(`service=~"${pattern}"`), expected };
    }
    for (const pattern of BROKEN)
      yield { endpoint, what: pattern, send: send(`service=~"${pattern}"`), expected: refused(400) };
    yield { endpoint, what: '10 KB', send: send(`service=~"${'a?'.repeat(5_000)}"`), expected: refused(400) };
    yield { endpoint, what: 'one that unfolds', send: send('service=~"((a{99}){99}){9}"'), expected: refused(400) };
  }
}

export const patternRows: readonly HostileRow[] = [
  { id: 'B50', summary: 'regular expressions that are broken, too large or never end', cases: patterns },
];
