import { parse } from 'yaml';
import { RenderError } from '../rendered-file';
import { renderAlertmanagerConfig } from './alertmanager-config';

const input = {
  webhook_url: 'http://127.0.0.1:8080/api/v1/alerts/webhook',
  credentials_file: 'alertagent-webhook.token',
};

it('everything goes to one receiver with a token from a file, resolved alerts too, redirects refused', () => {
  const file = renderAlertmanagerConfig(input);
  expect(parse(file.content)).toEqual({
    route: {
      receiver: 'alertagent',
      group_by: ['alertname'],
      group_wait: '10s',
      group_interval: '30s',
      repeat_interval: '4h',
    },
    receivers: [
      {
        name: 'alertagent',
        webhook_configs: [
          {
            url: input.webhook_url,
            send_resolved: true,
            max_alerts: 0,
            http_config: {
              authorization: { type: 'Bearer', credentials_file: 'alertagent-webhook.token' },
              follow_redirects: false,
            },
          },
        ],
      },
    ],
  });
  expect(file).toMatchObject({ rules: 0, manifest: [] });
});

it.each([
  [{ webhook_url: 'not a url' }, 'webhook_url'],
  [{ webhook_url: 'file:///etc/passwd' }, 'webhook_url'],
  [{ webhook_url: "http://x/'\n- name: evil" }, 'webhook_url'],
  [{ credentials_file: '' }, 'credentials_file'],
  [{ group_by: ['alertname cluster'] }, 'group_by'],
  [{ group_by: ['a', 'a'] }, 'group_by'],
  [{ group_interval: '0s' }, 'group_interval'],
  [{ repeat_interval: '4 hours' }, 'repeat_interval'],
])('%j is refused, because Alertmanager would refuse or misread it', (over, field) => {
  expect(() => renderAlertmanagerConfig({ ...input, ...over })).toThrow(RenderError);
  expect(() => renderAlertmanagerConfig({ ...input, ...over })).toThrow(field);
});
