import { seeded } from './fuzzed-rules';

/** Texts that YAML, Go or Alertmanager may take for something else than they seem to be. */
const VALUES = [
  ...['', 'null', '~', 'Null', 'true', 'yes', 'off', '5', '-1', '1.5', '1e3', '0x1F', '.inf', '.nan', '2020-01-01'],
  ...['999999999999999999999', '2147483648', '5m', '0s', '1h30m', '-5m', '1d', '1w2d', '1.5h', '10MB', 'é', '"\\xff"'],
  ...['abc', '"a"', "'b'", '"a\\nb"', '[]', '{}', '[a, b]', '{a: b}', '[1, 2]', '[a, a]', '...', '["..."]', '&x y'],
  ...['http://x', 'https://a b', 'ftp://x', 'not a url', 'x:25', ':25', 'x:', 'localhost:smtp', 'a@b.c', '<secret>'],
  ...['!!str 5', '!!int "5"', '!!binary aGk=', '*x', '|\n  a', '> a', '# c', '@x', '`x`', '%x', '- x', '? x', ': x'],
  ...['12:00', '24:00', '25:00', '9:5', 'monday', 'monday:friday', "['1:31']", "['-1:1']", "['january:march']"],
  ...["['2020:2030']", 'Europe/Berlin', 'Local', 'UTC', 'a="b"', 'a=~"("', 'a=~"b|c"', '[a=b, c!~"d"]', 'a==b'],
  ...['{a="b"}', '"{a=\\"b\\"}"', '1a=b', '["a=b,c=d"]', 'é=b', '^(', '(.*)', '[0-9', '.*', '"{{ .x }}"', '"{{ if }}"'],
];
/** Fields of which a small collection has few. */
const FIELDS = [
  ...['mute_time_intervals', 'active_time_intervals', 'time_intervals', 'http_config', 'follow_redirects', 'proxy_url'],
  ...['oauth2', 'authorization', 'credentials', 'credentials_file', 'basic_auth', 'bearer_token', 'password_file'],
  ...['tls_config', 'min_version', 'url_file', 'api_url_file', 'service_key', 'routing_key', 'victorops_configs'],
  ...['wechat_configs', 'pushover_configs', 'sns_configs', 'telegram_configs', 'webex_configs', 'discord_configs'],
  ...[
    'msteams_configs',
    'enable_http2',
    'bot_token',
    'chat_id',
    'parse_mode',
    'sigv4',
    'source_match',
    'retry',
    'expire',
  ],
  ...['update_alerts', 'opsgenie_api_key', 'slack_api_url_file', 'smtp_auth_password_file', 'matchers', 'match_re'],
  ...['continue', 'send_resolved', 'max_alerts', 'headers', 'token_url', 'client_id', 'location', 'weekdays', 'months'],
  ...[
    'days_of_month',
    'years',
    'times',
    'start_time',
    'end_time',
    'actions',
    'fields',
    'responders',
    'details',
    'equal',
  ],
];

/** Configurations of which one or two lines were changed, doubled, moved or taken out. */
export function configMutations(texts: readonly string[], count: number, seed: number): string[] {
  const below = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const fields = [...FIELDS, ...texts.flatMap((text) => [...text.matchAll(/([a-z_]+):/g)].map((match) => match[1]!))];
  const mutate = (text: string): string => {
    const lines = text.split('\n');
    const at = below(lines.length);
    const line = lines[at]!;
    const indent = /^[ -]*/.exec(line)![0];
    const key = /^[ -]*[\w."]+:/.exec(line)?.[0];
    const column = below(line.length + 1);
    switch (below(8)) {
      case 0:
        lines[at] = key ? `${key} ${pick(VALUES)}` : indent + pick(VALUES);
        break;
      case 1:
        lines.splice(at, 1);
        break;
      case 2:
        lines.splice(at, 0, line);
        break;
      case 3:
        lines.splice(at, 0, `${' '.repeat(indent.length)}${pick(fields)}: ${pick(VALUES)}`);
        break;
      case 4:
        lines[at] = line.replace(/\w+:/, `${pick(fields)}:`);
        break;
      case 5:
        lines[at] = below(2) === 0 ? ` ${line}` : line.replace(/^ /, '');
        break;
      case 6:
        lines.splice(at, 0, pick(lines));
        break;
      default:
        lines[at] = line.slice(0, column) + pick(VALUES) + line.slice(column + below(3));
    }
    return lines.join('\n');
  };
  const results: string[] = [];
  while (results.length < count) {
    let text = pick(texts);
    for (let times = below(4) === 0 ? 2 : 1; times > 0; times -= 1) text = mutate(text);
    if (text.isWellFormed()) results.push(text);
  }
  return results;
}
