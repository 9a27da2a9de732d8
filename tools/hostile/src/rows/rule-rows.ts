import type { Endpoint } from '../api/endpoints';
import { refused, type HostileCase, type HostileRow, type Scene } from '../row';

const creators = ({ endpoints }: Scene): Endpoint[] =>
  endpoints.filter(({ bodyName, method }) => bodyName === 'RuleInput' && method === 'POST');

/** Expressions no Prometheus takes. */
const BAD_EXPRESSIONS = [
  'up ==',
  'sum(',
  'sum(up))',
  ')',
  ' ',
  '{__name__=~".*"}',
  'rate(up)',
  'up[5m]',
  'up offset',
  'up{job="a}',
  'up{job=~"("}',
  'sum by (a up',
  'nosuchfunction(up)',
  '"text"',
  'up == bool',
  'SELECT * FROM rules',
  'up; up',
  '{{ up }}',
  'up\u0000',
  '#',
];

const YAML = [
  'a\nb',
  "it's",
  'say "x"',
  'a: b',
  'a # b',
  '--- a',
  '&a b',
  '*a',
  '!!js/function a',
  'no',
  '0x1F',
  '1_000',
  'a\tb',
  'a\r\nb',
  'a\u2028b',
  'a\u0085b',
  '- a',
  '{a: b}',
  '[a]',
  '%TAG',
  '@a',
  '`a`',
  '|',
  '>',
  '? a',
  '~',
  'null',
  '.inf',
  '2020-01-01',
  "'",
];
const TEMPLATES = [
  '{{ query "up" }}',
  '{{ template "x" }}',
  '{{ define "x" }}{{ end }}',
  '{{',
  '{{ .Foo.Bar.Baz }}',
  '${7*7}',
  '<%= 7 %>',
  '{% x %}',
  '{{ $labels.instance }}',
  '{{ $value | humanize }}',
  '{{ range query "up" }}{{ end }}',
];

/** A stored rule must come back as it was written. */
function same(field: string, text: string): (answer: { status: number; text: string }) => string | null {
  return (answer) => {
    if (answer.status !== 201) return null;
    const rule = JSON.parse(answer.text) as Record<string, unknown>;
    const found = field === 'annotations' ? (rule['annotations'] as Record<string, string>)['summary'] : rule[field];
    return found === text ? null : `${field} came back changed`;
  };
}

function* texts(scene: Scene, list: readonly string[]): Generator<HostileCase> {
  for (const endpoint of creators(scene))
    for (const text of list)
      for (const field of ['name', 'group', 'severity', 'annotations']) {
        const value = field === 'annotations' ? { summary: text } : text;
        // Names within one group are unique; a group of its own keeps cases apart.
        const group = field === 'group' ? text : `g${scene.stand.nextSerial()}`;
        const body = JSON.stringify({ ...scene.build.body(endpoint), group, [field]: value });
        yield {
          endpoint,
          what: `${field}: ${JSON.stringify(text)}`,
          send: scene.build.request(endpoint, { body }),
          expected: { status: [201, 400], check: same(field, text) },
        };
      }
}

export const ruleRows: readonly HostileRow[] = [
  {
    id: 'B26',
    summary: 'PromQL that is none',
    *cases(scene) {
      for (const endpoint of creators(scene)) {
        const body = (expression: string): string => JSON.stringify({ ...scene.build.body(endpoint), expression });
        for (const expression of BAD_EXPRESSIONS.filter((one) => !one.startsWith('{__name__')))
          yield {
            endpoint,
            what: expression,
            send: scene.build.request(endpoint, { body: body(expression) }),
            expected: refused(400, '/expression'),
          };
        for (const [what, expression] of [
          ['empty', ''],
          ['1 MB', `up == ${'1'.repeat(900_000)}`],
          ['10,000 parentheses', '('.repeat(10_000) + 'up' + ')'.repeat(10_000)],
          ['9,000 parentheses', '('.repeat(9_000) + 'up' + ')'.repeat(9_000)],
          ['9,000 minus signs', '-'.repeat(9_000) + 'up'],
          ['2,000 additions unclosed', '(' + 'up + '.repeat(2_000)],
        ] as const)
          yield {
            endpoint,
            what,
            send: scene.build.request(endpoint, { body: body(expression) }),
            expected: refused(400, '/expression'),
          };
      }
    },
  },
  { id: 'B27', summary: 'YAML in every rendered field of a rule', cases: (scene) => texts(scene, YAML) },
  { id: 'B28', summary: 'templates in every rendered field of a rule', cases: (scene) => texts(scene, TEMPLATES) },
  {
    id: 'B18',
    summary: 'rules and clusters whose names only look alike',
    inOrder: true,
    *cases(scene) {
      const group = `twins${scene.stand.nextSerial()}`;
      const cluster = `twin${scene.stand.nextSerial()}`;
      const texts = ['Abc', 'abc', 'ABC', 'ábc', 'a\u0301bc'];
      for (const endpoint of creators(scene))
        for (const [name, status] of [...texts.map((one) => [one, 201] as const), ['abc', 409] as const]) {
          const body = JSON.stringify({ ...scene.build.body(endpoint), name, group });
          yield { endpoint, what: name, send: scene.build.request(endpoint, { body }), expected: { status: [status] } };
        }
      for (const endpoint of scene.endpoints.filter(
        ({ bodyName, method }) => bodyName === 'ClusterInput' && method === 'POST',
      ))
        for (const [name, status] of [
          [cluster, 201],
          [cluster.toUpperCase(), 201],
          [cluster, 409],
          [`${cluster} `, 400],
        ] as const) {
          const body = JSON.stringify({ ...scene.build.body(endpoint), name });
          yield { endpoint, what: name, send: scene.build.request(endpoint, { body }), expected: { status: [status] } };
        }
    },
  },
  {
    id: 'B13',
    summary: 'too many or too long labels on a rule or cluster',
    *cases(scene) {
      const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, 'v']));
      const bad: readonly [string, unknown][] = [
        ['65', many],
        ['a value of 4,097 characters', { a: 'x'.repeat(4_097) }],
        ['a name with a dash', { 'a-b': 'c' }],
        ['a name of 201 characters', { ['n'.repeat(201)]: 'v' }],
        ['an empty name', { '': 'v' }],
        ['a number', { a: 5 }],
        ['null', { a: null }],
        ['a half surrogate pair', { a: '\ud800' }],
      ];
      for (const endpoint of scene.endpoints.filter(({ bodyName }) => ['RuleInput', 'ClusterInput'].includes(bodyName)))
        for (const [what, labels] of bad) {
          // Prometheus 3 takes it; a cluster with an older one is spared the rule.
          if (what === 'a name with a dash' && endpoint.bodyName === 'RuleInput') continue;
          const body = JSON.stringify({ ...scene.build.body(endpoint), labels });
          yield { endpoint, what, send: scene.build.request(endpoint, { body }), expected: refused(400, '/labels') };
        }
    },
  },
  {
    id: 'B47',
    summary: 'actions nobody offers: recorded and waiting, or refused; never done',
    *cases(scene) {
      for (const endpoint of scene.endpoints.filter(({ bodyName }) => bodyName === 'ActionInput')) {
        const waits = {
          status: [202, 400, 403],
          check: ({ status, text }: { status: number; text: string }): string | null =>
            status !== 202 ||
            ['pending_approval', 'rejected'].includes(
              (JSON.parse(text) as { execution_status: string }).execution_status,
            )
              ? null
              : 'it does not wait for approval',
        };
        for (const over of [
          { action_type: 'delete_everything' },
          { action_type: 'restart_service; rm -rf /' },
          { action_type: '../../bin/sh' },
          { target: { cluster: 'other' } },
          { target: { cluster: 'nowhere', namespace: 'kube-system' } },
          { parameters: { command: 'rm -rf /', nested: { a: [1, 2, 3] } } },
          { parameters: Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`p${index}`, 1])) },
        ]) {
          const body = JSON.stringify({ ...scene.build.body(endpoint), ...over });
          yield {
            endpoint,
            what: JSON.stringify(over).slice(0, 50),
            send: scene.build.request(endpoint, { body }),
            expected: waits,
          };
        }
        for (const [over, pointer] of [
          [{ action_type: { a: 1 } }, '/action_type'],
          [{ target: ['a', 'b'] }, '/target'],
          [{ target: { cluster: 'hostile', extra: 1 } }, '/target'],
          [{ approved: true }, '/approved'],
        ] as const) {
          const body = JSON.stringify({ ...scene.build.body(endpoint), ...over });
          yield {
            endpoint,
            what: JSON.stringify(over),
            send: scene.build.request(endpoint, { body }),
            expected: refused(400, pointer),
          };
        }
      }
    },
  },
];
