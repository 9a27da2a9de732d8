import type { ConfigurationDocument } from '../configuration-document';
import { readLayerDocument } from './layer-document';

const codes = (document: ConfigurationDocument): string[] =>
  readLayerDocument(document, 'p').problems.map(({ code, pointer }) => `${code} ${pointer}`);

it('a part of a configuration is right by itself: what it lacks may come from another layer', () => {
  expect(codes({})).toEqual([]);
  expect(
    codes({ receivers: [{ name: 'a', email_configs: [{ html: 'x' }] }], route: { routes: [{ receiver: 'b' }] } }),
  ).toEqual([]);
  expect(codes({ global: null, templates: null })).toEqual([]);
});

it.each<[string, ConfigurationDocument, string]>([
  ['a field that no version knows', { route: { recievr: 'a' } }, 'unknown_field /route/recievr'],
  ['a list that is none', { route: { group_by: 'a' } }, 'type /route/group_by'],
  [
    'a way to notify that is empty',
    { receivers: [{ name: 'a', slack_configs: [null] }] },
    'empty_item /receivers/0/slack_configs/0',
  ],
  [
    'a name that is there twice',
    { time_intervals: [{ name: 'a' }, { name: 'a' }] },
    'duplicate_name /time_intervals/1/name',
  ],
  ['the name of AlertAgent’s receiver', { receivers: [{ name: 'alertagent' }] }, 'reserved_name /receivers/0/name'],
  ['half of a surrogate pair', { templates: ['\ud800'] }, 'unusable_text '],
])('%s is refused', (_what, document, expected) => {
  expect(codes(document)).toEqual([expected]);
});

it('secrets become references, those that were references stay, and no two get one name', () => {
  const slack = 'p.receivers.a.slack_configs.0.api_url';
  const { document, secrets, problems } = readLayerDocument(
    { receivers: [{ name: 'a', slack_configs: [{ api_url: 'http://hooks/1' }, { api_url: { secret: slack } }] }] },
    'p',
  );
  expect(problems).toEqual([]);
  expect(document).toEqual({
    receivers: [{ name: 'a', slack_configs: [{ api_url: { secret: `${slack}'` } }, { api_url: { secret: slack } }] }],
  });
  expect(Object.fromEntries(secrets)).toEqual({ [`${slack}'`]: 'http://hooks/1' });
});

it('what Alertmanager shows instead of a secret is not taken for one', () => {
  expect(codes({ global: { opsgenie_api_key: '<secret>' } })).toEqual(['hidden_secret ']);
});
