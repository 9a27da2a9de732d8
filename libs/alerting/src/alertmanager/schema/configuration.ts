import { all, bool, checkedText, float, list, map, secret, since, struct, text } from './fields';
import { eventRecorder } from './event-recorder';
import type { Field, StructType } from './go-type';
import { httpConfig, tlsConfig, tracingHeaders } from './http';
import { discord, mattermost, msteams, msteamsv2, rocketchat, slack, telegram, webex, wechat } from './receivers-chat';
import * as paging from './receivers-paging';
import { incidentio, jira, webhook } from './receivers-posting';
import { inhibitRule, route } from './route';
import { namedTimeIntervals } from './time-interval';
import { hostPort, interval, secretUrl, templateGlob, url } from './values';

const integrations = (type: StructType): Field => ({ type: list(type, { refusesNull: true }) });

/** Ways to notify, by the field of a receiver that holds them. */
export const INTEGRATIONS: Readonly<Record<string, Field>> = {
  discord_configs: integrations(discord),
  email_configs: integrations(paging.email),
  opsgenie_configs: integrations(paging.opsgenie),
  pagerduty_configs: integrations(paging.pagerduty),
  pushover_configs: integrations(paging.pushover),
  slack_configs: integrations(slack),
  sns_configs: integrations(paging.sns),
  telegram_configs: integrations(telegram),
  victorops_configs: integrations(paging.victorops),
  webex_configs: integrations(webex),
  webhook_configs: integrations(webhook),
  wechat_configs: integrations(wechat),
  ...since(26, { msteams_configs: integrations(msteams) }),
  ...since(28, { msteamsv2_configs: integrations(msteamsv2), rocketchat_configs: integrations(rocketchat) }),
  // Upstream has Jira since 0.28, Debian's 0.28.1 leaves it out: what must load everywhere waits for 0.29.
  ...since(29, { incidentio_configs: integrations(incidentio), jira_configs: integrations(jira) }),
  ...since(30, { mattermost_configs: integrations(mattermost) }),
};

const receiver = struct(
  { name: { type: text }, ...INTEGRATIONS, ...since(33, { labels: { type: map(text) } }) },
  (values, report) => {
    if (values.text('name') === '') report('required', 'needs a name');
  },
);

const global = struct({
  resolve_timeout: { type: interval },
  http_config: { type: httpConfig },
  ...all(text, 'smtp_from smtp_hello smtp_auth_username smtp_auth_password_file smtp_auth_identity'),
  ...all(secret, 'smtp_auth_password smtp_auth_secret opsgenie_api_key wechat_api_secret victorops_api_key'),
  smtp_smarthost: { type: hostPort },
  smtp_require_tls: { type: bool },
  ...all(secretUrl, 'slack_api_url'),
  ...all(text, 'slack_api_url_file opsgenie_api_key_file wechat_api_corp_id victorops_api_key_file'),
  ...all(url, 'pagerduty_url opsgenie_api_url wechat_api_url victorops_api_url telegram_api_url webex_api_url'),
  ...since(28, {
    smtp_tls_config: { type: tlsConfig },
    ...all(url, 'rocketchat_api_url'),
    ...all(secret, 'rocketchat_token rocketchat_token_id'),
    ...all(text, 'rocketchat_token_file rocketchat_token_id_file'),
  }),
  ...since(29, all(url, 'jira_api_url')),
  ...since(30, {
    ...all(secret, 'slack_app_token'),
    ...all(text, 'slack_app_token_file'),
    ...all(url, 'slack_app_url'),
  }),
  ...since(31, {
    ...all(text, 'smtp_auth_secret_file telegram_bot_token_file wechat_api_secret_file'),
    ...all(secret, 'telegram_bot_token'),
    ...all(bool, 'smtp_force_implicit_tls'),
  }),
  ...since(32, { ...all(secretUrl, 'mattermost_webhook_url'), ...all(text, 'mattermost_webhook_url_file') }),
});

const tracing = struct(
  {
    client_type: {
      type: checkedText((value) => (/^(?:http|grpc)$/.test(value) ? null : 'must be http or grpc'), {
        isString: false,
      }),
    },
    ...all(text, 'endpoint compression'),
    sampling_fraction: { type: float },
    insecure: { type: bool },
    tls_config: { type: tlsConfig },
    headers: { type: tracingHeaders },
    timeout: { type: interval },
  },
  (values, report) => {
    if (values.text('endpoint') === '') report('required', 'needs an endpoint');
    if (!/^(?:|gzip)$/.test(values.text('compression')))
      report('value', 'compression must be gzip or empty', 'compression');
  },
);

/** The whole file. */
export const configuration = struct({
  global: { type: global },
  route: { type: route },
  inhibit_rules: { type: list(inhibitRule) },
  receivers: { type: list(receiver) },
  templates: { type: list(templateGlob) },
  ...all(list(namedTimeIntervals), 'mute_time_intervals time_intervals'),
  ...since(30, { tracing: { type: tracing } }),
  ...since(33, { event_recorder: { type: eventRecorder } }),
});
