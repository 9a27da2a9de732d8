import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgreementFigures } from '../../test/agreement-figures';
import { checkAlertmanagerConfig } from './check-alertmanager-config';

const BASE = 'route: {receiver: a}\nreceivers: [{name: a}]\n';
const receiver = (kind: string, fields: string): string =>
  `route: {receiver: a}\nreceivers:\n- name: a\n  ${kind}: [{${fields}}]\n`;
const http = (fields: string): string => `${BASE}global: {http_config: {${fields}}}\n`;
const interval = (fields: string): string => `${BASE}time_intervals: [{name: x, time_intervals: [{${fields}}]}]\n`;
const routes = (fields: string): string => `route: {receiver: a, routes: [{${fields}}]}\nreceivers: [{name: a}]\n`;

const VERSIONS = ['0.25.0', '0.28.1', '0.33.1'];
/** Verdicts of amtool 0.25.0, 0.28.1 and 0.33.1: y loads, n is refused. */
const JUDGED: [string, string, string][] = [
  ['the least that loads', BASE, 'yyy'],
  ['nothing', '', 'nnn'],
  ['comments only', '# nothing\n', 'nnn'],
  ['an unknown field', `${BASE}receiver: []\n`, 'nnn'],
  ['a field that is written twice', 'route: {receiver: a, receiver: a}\nreceivers: [{name: a}]', 'nnn'],
  ['a key of a mapping that is written twice', routes('match: {b: c, b: c}'), 'nnn'],
  ['a second document of nonsense', `${BASE}---\n}{\n`, 'yyy'],
  ['an anchor that holds itself', 'route: &x {receiver: a, routes: [*x]}\nreceivers: [{name: a}]', 'nnn'],
  ['a merge into a route', routes('<<: {receiver: a}, group_wait: 5s'), 'yyy'],
  ['a merge that repeats a key of a mapping', routes('match: {<<: {b: c}, b: d}'), 'nnn'],
  ['a tab as indentation', 'route:\n\treceiver: a\nreceivers: [{name: a}]\n', 'nnn'],
  ['a tab on a line of its own', 'route:\n  receiver: a\n\t\nreceivers: [{name: a}]\n', 'nnn'],
  ['a tab after the dash of an item', 'route:\n  receiver: a\n  group_by:\n  -\tb\nreceivers: [{name: a}]\n', 'nnn'],
  [
    'JSON that is indented with tabs',
    '{\n\t"route": {"receiver": "a", "continue": false\n\t},\n\t"receivers": [\n\t\t{"name": "a"}]}',
    'yyy',
  ],
  ['a tab between a key and its value', 'route: {receiver:\ta}\nreceivers: [{name: a}]', 'yyy'],
  ['a question mark without quotes in brackets', `${BASE}templates: [a?b]\n`, 'nnn'],
  ['a slash that is escaped', `${BASE}templates: ["\\/"]\n`, 'nnn'],
  ['a control character', `${BASE}templates: ["\u0007"]\n`, 'nnn'],
  ['a bracket that never closes', `${BASE}templates: [\n`, 'nnn'],
  ['an anchor with a dot', 'route: &a.b {receiver: a}\nreceivers: [{name: a}]', 'nnn'],
  ['a group that is named in the newer way', routes("match_re: {b: '(?<c>d)'}"), 'nyy'],
  ['a pattern of files that ends with a backslash', `${BASE}templates: ['b\\']\n`, 'nnn'],
  ['YAML 1.2', `%YAML 1.2\n---\n${BASE}`, 'nnn'],
  ['a number for a name', "route: {receiver: 1}\nreceivers: [{name: '1'}]", 'yyy'],
  ['the yes of YAML 1.1', routes('continue: yes'), 'yyy'],
  ['a quoted true for a truth value', routes("continue: 'true'"), 'nnn'],
  ['an unknown receiver', 'route: {receiver: b}\nreceivers: [{name: a}]', 'nnn'],
  ['a receiver that exists twice', 'route: {receiver: a}\nreceivers: [{name: a}, {name: a}]', 'nnn'],
  ['an empty receiver', 'route: {receiver: a}\nreceivers: [null, {name: a}]', 'nyy'],
  ['an empty way to notify', 'route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [null]}]', 'nnn'],
  ['an empty route', 'route: {receiver: a, routes: [null]}\nreceivers: [{name: a}]', 'nnn'],
  ['matchers at the root', 'route: {receiver: a, matchers: [b="c"]}\nreceivers: [{name: a}]', 'nnn'],
  ['an empty matcher at the root', "route: {receiver: a, matchers: ['{}']}\nreceivers: [{name: a}]", 'yyy'],
  ['continue at the root', 'route: {receiver: a, continue: on}\nreceivers: [{name: a}]', 'nnn'],
  ['a list that a template printed', 'route: {receiver: a, group_by: [b c d]}\nreceivers: [{name: a}]', 'nyy'],
  ['"..." beside labels', "route: {receiver: a, group_by: ['...', b]}\nreceivers: [{name: a}]", 'nnn'],
  ['a group_interval of 0', 'route: {receiver: a, group_interval: 0s}\nreceivers: [{name: a}]', 'nnn'],
  ['a group_wait of 0', 'route: {receiver: a, group_wait: 0s}\nreceivers: [{name: a}]', 'yyy'],
  ['a fraction of an hour', 'route: {receiver: a, group_wait: 1.5h}\nreceivers: [{name: a}]', 'nnn'],
  ['quoted names of labels in matchers', routes(`matchers: ['"b c"="d"']`), 'nyy'],
  ['a broken pattern', routes(`matchers: ['b=~"("']`), 'nnn'],
  ['an empty entry of match_re', routes('match_re: {b: null}'), 'nnn'],
  ['an unknown time interval', routes('mute_time_intervals: [x]'), 'nnn'],
  ['a comment close behind brackets', `route: {receiver: a}# c\nreceivers: [{name: "a"#c\n }]\n`, 'yyy'],
  ['an equal that is nothing', `${BASE}inhibit_rules: [{equal: [null]}]`, 'ynn'],
  ['an equal without a name', `${BASE}inhibit_rules: [{equal: ['']}]`, 'nnn'],
  ['an equal that is called null', `${BASE}inhibit_rules: [{equal: ['null']}]`, 'yyy'],
  ['an equal with a longer word for nothing', `${BASE}inhibit_rules: [{equal: [Null]}]`, 'nnn'],
  ['a name for an inhibition rule', `${BASE}inhibit_rules: [{name: b}]`, 'nny'],
  ['hours that end before they begin', interval("times: [{start_time: '17:00', end_time: '09:00'}]"), 'nnn'],
  ['a day that is written in capitals', interval('weekdays: [Monday]'), 'yyy'],
  ['a week that goes backwards', interval("weekdays: ['friday:monday']"), 'nnn'],
  ['days up to the last but four', interval("days_of_month: ['5:-23']"), 'yyy'],
  ['days that may end before they begin', interval("days_of_month: ['5:-24']"), 'nnn'],
  ['a time zone in small letters', interval('location: europe/berlin'), 'nnn'],
  ['an old name of a time zone', interval('location: US/Pacific'), 'yyy'],
  ['an offset for a time zone', interval("location: '+02:00'"), 'nnn'],
  ['a webhook', receiver('webhook_configs', "url: 'http://x/'"), 'yyy'],
  ['a webhook without an address', receiver('webhook_configs', ''), 'nnn'],
  ['a webhook with an address from a file', receiver('webhook_configs', 'url_file: x'), 'nyy'],
  ['a webhook with a template for an address', receiver('webhook_configs', "url: '{{ .x }}'"), 'nny'],
  ['a webhook with a broken escape', receiver('webhook_configs', "url: 'http://x/%zz'"), 'nnn'],
  ['a hidden address', receiver('webhook_configs', 'url: <secret>'), 'nyy'],
  ['a negative number of alerts', receiver('webhook_configs', "url: 'http://x/', max_alerts: -1"), 'nnn'],
  ['a timeout without a unit', receiver('webhook_configs', "url: 'http://x/', timeout: '5'"), 'nnn'],
  ['a mail without a server', receiver('email_configs', 'to: b'), 'nnn'],
  ['a mail server without a port', receiver('email_configs', "to: b, from: c, smarthost: 'x'"), 'nnn'],
  [
    'headers that differ in case only',
    receiver('email_configs', "to: b, from: c, smarthost: 'x:1', headers: {d: e, D: f}"),
    'nnn',
  ],
  ['Slack without an address', receiver('slack_configs', 'channel: b'), 'nnn'],
  ['Slack with a token', receiver('slack_configs', 'app_token: b'), 'nny'],
  ['Webex without authorization', receiver('webex_configs', 'room_id: b'), 'nnn'],
  ['Webex with a bearer token', receiver('webex_configs', 'room_id: b, http_config: {bearer_token: c}'), 'yyy'],
  ['SNS with two addresses', receiver('sns_configs', 'topic_arn: b, target_arn: c'), 'nnn'],
  ['an unknown kind of responder', receiver('opsgenie_configs', 'api_key: b, responders: [{name: c, type: d}]'), 'nnn'],
  ['nested details', receiver('pagerduty_configs', 'routing_key: b, details: {c: [d]}'), 'nny'],
  ['a chat without a number', receiver('telegram_configs', 'bot_token: b'), 'nnn'],
  ['two passwords', http('basic_auth: {username: b, password: c, password_file: d}'), 'nnn'],
  ['basic authorization under the wrong name', http('authorization: {type: " basic "}'), 'nnn'],
  ['two ways to authorize', http('authorization: {}, basic_auth: {}'), 'nnn'],
  ['OAuth without a secret', http('oauth2: {client_id: b, token_url: c}'), 'nyy'],
  ['half a client certificate', http('tls_config: {cert_file: b}'), 'ynn'],
  ['an unknown version of TLS', http('tls_config: {min_version: TLS14}'), 'nnn'],
  ['a header that is taken', http('http_headers: {authorization: {values: [b]}}'), 'nnn'],
  ['a pattern of files that never ends', `${BASE}templates: ['[b']\n`, 'nnn'],
];

it.each(JUDGED)('%s is judged as each version of Alertmanager does', (_what, text, verdicts) => {
  const found = VERSIONS.map((version) => (checkAlertmanagerConfig(text, { version }).valid ? 'y' : 'n')).join('');
  expect(found).toBe(verdicts);
});

it('any text may be grouped by from 0.27 on, but stands in equal from 0.28 on only', () => {
  const grouped = 'route: {receiver: a, group_by: [团队]}\nreceivers: [{name: a}]\n';
  const equal = `${BASE}inhibit_rules: [{equal: [团队]}]\n`;
  const takenBy = (text: string): string[] =>
    ['0.26.0', '0.27.0', '0.28.0'].filter((version) => checkAlertmanagerConfig(text, { version }).valid);
  expect([takenBy(grouped), takenBy(equal)]).toEqual([['0.27.0', '0.28.0'], ['0.28.0']]);
});

it('a problem says what is wrong, where, and from which version on it would not be', () => {
  const text =
    'route:\n  receiver: a\nreceivers:\n- name: a\n  webhook_configs:\n  - url: http://x/\n    timeout: 5s\n';
  expect(checkAlertmanagerConfig(text, { version: '0.25.0' })).toEqual({
    valid: false,
    problems: [
      {
        check: 'newer_field',
        severity: 'error',
        message: '"timeout" needs Alertmanager 0.28, the target has 0.25',
        line: 7,
        column: 5,
        pointer: '/receivers/0/webhook_configs/0/timeout',
      },
    ],
  });
});

it.each([
  ['deeply nested lists', '['.repeat(20_000)],
  ['deeply nested mappings', 'a:\n'.repeat(1) + '{a: '.repeat(20_000)],
  [
    'aliases of aliases',
    [
      '&a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map(
        (name, at) =>
          `&${name} [${Array(10)
            .fill('*' + 'abcdefgh'[at]!)
            .join(',')}]`,
      ),
    ]
      .map((item) => `- ${item}\n`)
      .join(''),
  ],
  ['names of the language’s own', '{__proto__: {receiver: a}, constructor: 1, toString: 2}'],
  ['a file of two million characters and more', '#'.repeat(2_000_001)],
])('%s are refused, and do no harm', (_what, text) => {
  expect(checkAlertmanagerConfig(text, { version: '0.28.1' }).valid).toBe(false);
});

it('no message repeats a secret', () => {
  const text =
    receiver('slack_configs', "api_url: 'http://hooks/s3cr3t%zz'") +
    "global: {opsgenie_api_key: s3cr3t, opsgenie_api_key_file: b, slack_api_url: 's3cr3t'}\n";
  const { problems } = checkAlertmanagerConfig(text, { version: '0.28.1' });
  expect(problems.length).toBeGreaterThan(0);
  expect(JSON.stringify(problems)).not.toContain('s3cr3t');
});

it('a version that is none is an error of the caller', () => {
  expect(() => checkAlertmanagerConfig(BASE, { version: 'latest' })).toThrow('must look like 0.28.1');
});

const corpus = join(process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../../shared/corpora'), 'amconfig');
type Row = Record<string, unknown>;

/** Rows of a collection of third-party test data; `own` ones where it is not at hand. */
function rows(file: string, own: Row[]): Row[] {
  const path = join(corpus, file);
  if (!existsSync(path)) return own;
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

interface Collection {
  file: string;
  own: Row[];
  /** The configuration that a row is about. */
  textOf: (row: Row) => string;
  /** Whether a judge let it load. */
  loads: (row: Row, judge: string) => boolean;
}

const verdicts = (text: string): Row => ({
  valid_by_amtool025: text[0] === 'y',
  valid_by_amtool028: text[1] === 'y',
  valid_by_amtool033: text[2] === 'y',
});
const isValid = (row: Row, judge: string): boolean => row[`valid_by_amtool${judge}`] === true;

const COLLECTIONS: Collection[] = [
  {
    file: 'verdicts.jsonl',
    own: [{ text: BASE, verdict_amtool025: 'ok', verdict_amtool028: 'ok', verdict_amtool033: 'ok' }],
    textOf: (row) => String(row['text'] ?? readFileSync(join(corpus, String(row['file'])), 'utf8')),
    loads: (row, judge) => row[`verdict_amtool${judge}`] === 'ok',
  },
  {
    file: 'matchers.jsonl',
    own: [
      { matcher: '{foo="bar", baz!~"q.*"}', ...verdicts('yyy') },
      { matcher: '"foo bar"=baz', ...verdicts('nyy') },
      { matcher: 'foo==bar', ...verdicts('yyy') },
      { matcher: 'foo', ...verdicts('nnn') },
    ],
    textOf: (row) =>
      JSON.stringify({
        route: { receiver: 'a', routes: [{ matchers: [row['matcher']] }] },
        receivers: [{ name: 'a' }],
      }),
    loads: isValid,
  },
  {
    file: 'time_intervals.jsonl',
    own: [
      { time_intervals_yaml: "- weekdays: ['monday:friday']\n", ...verdicts('yyy') },
      { time_intervals_yaml: "- weekdays: ['friday:monday']\n", ...verdicts('nnn') },
    ],
    textOf: (row) =>
      `${BASE}time_intervals:\n- name: x\n  time_intervals:\n${String(row['time_intervals_yaml']).replace(/^/gm, '  ')}\n`,
    loads: isValid,
  },
];

const figures = new AgreementFigures();
afterAll(() => figures.print());

it.each(COLLECTIONS)('the verdicts on $file agree with those of amtool', ({ file, own, textOf, loads }) => {
  const disagreements = VERSIONS.flatMap((version) => {
    const judge = version.split('.').slice(0, 2).join('');
    const cases = rows(file, own).map((row) => ({
      what: String(row['file'] ?? textOf(row)),
      ours: checkAlertmanagerConfig(textOf(row), { version }).valid,
      theirs: loads(row, judge),
    }));
    return figures.disagreements(`amconfig/${file}`, `amtool ${version}`, cases);
  });
  expect(disagreements).toEqual([]);
});
