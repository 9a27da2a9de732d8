import { withAlertAgent } from './alertagent-receiver';
import { readAlertmanagerConfig } from './check-alertmanager-config';
import { importAlertmanagerConfig, renderConfigurationDocument } from './configuration-document';
import { testRoute } from './routing/test-route';

const version = '0.28.1';
const target = { version };
const TEXT = `global: {slack_api_url: 'https://hooks/T1', opsgenie_api_url: null}
route: {receiver: team-x, routes: [{receiver: 'null', matchers: [a="b"], group_wait: 5s}]}
receivers:
- name: team-x
  slack_configs: [{channel: '#x', api_url: 'https://hooks/T2'}]
  webhook_configs: [{url: 'http://x/?token=T3', http_config: {authorization: {credentials: T4}}}]
- name: 'null'
`;

it('secrets are taken out of an imported file, and names say where they stood', () => {
  const { document, secrets, valid } = importAlertmanagerConfig(TEXT, target);
  expect(valid).toBe(true);
  expect(JSON.stringify(document)).not.toMatch(/T[1-4]/);
  expect(Object.fromEntries(secrets)).toEqual({
    'global.slack_api_url': 'https://hooks/T1',
    'receivers.team-x.slack_configs.0.api_url': 'https://hooks/T2',
    'receivers.team-x.webhook_configs.0.url': 'http://x/?token=T3',
    'receivers.team-x.webhook_configs.0.http_config.authorization.credentials': 'T4',
  });
});

it('what was imported renders to a file that Alertmanager reads as the same', () => {
  const { document, secrets } = importAlertmanagerConfig(TEXT, target);
  const { content } = renderConfigurationDocument(document!, (name) => secrets.get(name) ?? null, [version]);
  expect(readAlertmanagerConfig(content, target).value).toEqual(readAlertmanagerConfig(TEXT, target).value);
});

it('a file that is not valid is not imported', () => {
  expect(importAlertmanagerConfig('route: {}', target)).toMatchObject({ valid: false, document: null });
});

it('nothing is rendered without a secret that it needs, or that the target would refuse', () => {
  const { document } = importAlertmanagerConfig(TEXT, target);
  expect(() => renderConfigurationDocument(document!, () => null, [version])).toThrow('was never given');
  expect(() => renderConfigurationDocument({ route: { receiver: 'a' } }, () => null, [version])).toThrow(
    '/route/receiver',
  );
});

describe('AlertAgent', () => {
  const address = { webhook_url: 'http://agent/hook', credentials_file: 'token' };
  const receiversOf = (text: string, labels: Record<string, string>): string[] =>
    testRoute(readAlertmanagerConfig(text, target), target, labels, 0).map(({ receiver }) => receiver);
  const withAgent = (text: string): string => {
    const { document, secrets } = importAlertmanagerConfig(text, target);
    return renderConfigurationDocument(withAlertAgent(document!, address), (name) => secrets.get(name) ?? null, [
      version,
    ]).content;
  };

  it.each<Record<string, string>>([{}, { a: 'b' }, { c: 'd' }])(
    'hears of %j, and everybody else of what they heard before',
    (labels) => {
      expect(receiversOf(withAgent(TEXT), labels)).toEqual(['alertagent', ...receiversOf(TEXT, labels)]);
    },
  );

  it('is there once, however often it is added', () => {
    const once = withAgent(
      'route: {receiver: alertagent}\nreceivers: [{name: alertagent, webhook_configs: [{url: "http://old/"}]}]\n',
    );
    expect(once.match(/name: "alertagent"/g)).toHaveLength(1);
    expect(once).not.toContain('http://old/');
    expect(receiversOf(once, {})).toEqual(['alertagent']);
  });
});
