import { renderConfigurationText, type ConfigurationDocument } from '../configuration-document';
import { readAlertmanagerConfig } from '../check-alertmanager-config';
import { testRoute } from '../routing/test-route';
import { effectiveConfiguration, type EffectiveConfiguration } from './effective-configuration';

const versions = ['0.25.0', '0.33.1'];
const sum = (...documents: ConfigurationDocument[]): EffectiveConfiguration =>
  effectiveConfiguration({
    layers: documents.map((document, index) => ({ name: `layer ${index}`, document })),
    alertAgent: { webhook_url: 'http://agent/hook', credentials_file: 'token' },
    versions,
    secretOf: (name) => (name === 'known' ? 'http://secret/' : null),
  });
const hook = { webhook_configs: [{ url: { secret: 'known' } }] };
const receiversOf = ({ file }: EffectiveConfiguration, labels: Record<string, string>): string[] => {
  const target = { version: versions[0]! };
  const read = readAlertmanagerConfig(renderConfigurationText(file, 'http://secret/'), target);
  return testRoute(read, target, labels, 0).map(({ receiver }) => receiver);
};

it('without layers everything goes to AlertAgent, once', () => {
  const effective = sum();
  expect(effective).toMatchObject({ valid: true, problems: [] });
  expect(receiversOf(effective, {})).toEqual(['alertagent']);
});

it('a layer with a route for some leaves the others to AlertAgent, which hears of all of them once', () => {
  const effective = sum({
    route: { routes: [{ receiver: 'a', matchers: ['to="a"'] }] },
    receivers: [{ name: 'a', ...hook }],
  });
  expect(effective).toMatchObject({ valid: true, problems: [] });
  expect(receiversOf(effective, { to: 'a' })).toEqual(['alertagent', 'a']);
  expect(receiversOf(effective, {})).toEqual(['alertagent']);
});

it('a layer with a root of its own gets what it got before', () => {
  const effective = sum({ route: { receiver: 'a' }, receivers: [{ name: 'a', ...hook }] });
  expect(effective).toMatchObject({ valid: true, problems: [] });
  expect(receiversOf(effective, {})).toEqual(['alertagent', 'a']);
});

it('what is wrong names the layers of the value, and the versions that it is wrong for', () => {
  const { valid, problems } = sum(
    { receivers: [{ name: 'a', webhook_configs: [{ url_file: '/x' }] }] },
    { route: { routes: [{ receiver: 'a' }] } },
  );
  expect(valid).toBe(false);
  expect(problems).toEqual([
    expect.objectContaining({ check: 'newer_field', layers: ['layer 0'], versions: ['0.25.0'] }),
    expect.objectContaining({
      check: 'hidden_default',
      severity: 'warning',
      layers: ['layer 1'],
      versions: ['0.33.1'],
    }),
  ]);
});

it('the canary goes to AlertAgent alone, and what else is routed stays as it was', () => {
  const document: ConfigurationDocument = { route: { receiver: 'a' }, receivers: [{ name: 'a', ...hook }] };
  const effective = effectiveConfiguration({
    layers: [{ name: 'one', document }],
    alertAgent: { webhook_url: 'http://agent/hook', credentials_file: 'token', canary: true },
    versions,
    secretOf: () => 'http://secret/',
  });
  expect(effective.valid).toBe(true);
  const canary = { alertname: 'AlertAgentCanary', source: 'alertagent' };
  expect(receiversOf(effective, canary)).toEqual(['alertagent']);
  expect(receiversOf(effective, { alertname: 'AlertAgentCanary' })).toEqual(['alertagent', 'a']);
});

it('a secret that was never given is told, with whatever else is wrong', () => {
  const { problems } = sum({ global: { opsgenie_api_key: { secret: 'unknown' } }, route: { receiver: 'nobody' } });
  expect(problems.map(({ check }) => check)).toEqual(['missing_secret', 'unknown_receiver']);
});

it('a layer that takes the route away is an error, and nothing is thrown', () => {
  expect(sum({ route: null }).problems.map(({ check }) => check)).toEqual(['no_route']);
  expect(sum({ route: 'x', receivers: [[]] }).valid).toBe(false);
});
