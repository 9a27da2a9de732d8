import { canonicalHeaderName } from '../go/header-name';
import { goTemplateFault } from '../go/template';
import { all, any, bool, duration, list, map, secret, since, struct, text } from './fields';
import type { GoType } from './go-type';
import { refuseSeveral, tlsConfig } from './http';
import { common, requireOne } from './receivers-chat';
import { hostPort, textDuration, url } from './values';

export const email = struct(
  {
    send_resolved: common['send_resolved']!,
    ...all(text, 'to from hello auth_username auth_password_file auth_identity html text'),
    ...all(secret, 'auth_password auth_secret'),
    smarthost: { type: hostPort },
    headers: { type: map(text) },
    require_tls: { type: bool },
    tls_config: { type: tlsConfig },
    ...since(30, { threading: { type: struct({ ...all(bool, 'enabled'), ...all(text, 'thread_by_date') }) } }),
    ...since(31, { ...all(text, 'auth_secret_file'), ...all(bool, 'force_implicit_tls') }),
  },
  (values, report) => {
    requireOne(values, report, 'to');
    const names = Object.keys(values.record('headers')).map(canonicalHeaderName);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) report('duplicate_key', `the header ${twice} is set twice`, 'headers');
    const threading = values.struct('threading');
    if (!threading.isTrue('enabled')) return;
    const taken = names.find((name) => name === 'References' || name === 'In-Reply-To');
    if (taken !== undefined) report('exclusive', `threading sets the header ${taken} itself`, 'headers');
    if (!/^(?:none|daily)$/.test(threading.text('thread_by_date'))) {
      report('value', 'thread_by_date must be none or daily', 'threading');
    }
  },
);

/** Before 0.30 details are text only. */
const details: GoType = map(any, (_name, value, { minor }) =>
  minor < 30 && typeof value === 'object' && value !== null ? 'must be text; the target knows no nested details' : null,
);

export const pagerduty = struct(
  {
    ...common,
    ...all(secret, 'service_key routing_key'),
    ...all(
      text,
      'service_key_file routing_key_file client client_url description source severity class component group',
    ),
    ...all(url, 'url'),
    details: { type: details },
    images: { type: list(struct(all(text, 'src alt href'))) },
    links: { type: list(struct(all(text, 'href text'))) },
    ...since(30, all(duration, 'timeout')),
  },
  (values, report) => {
    requireOne(values, report, 'routing_key service_key routing_key_file service_key_file');
    refuseSeveral(values, report, 'routing_key routing_key_file');
    refuseSeveral(values, report, 'service_key service_key_file');
  },
);

const responder = struct(all(text, 'id name username type'), (values, report) => {
  requireOne(values, report, 'id name username');
  const type = values.text('type');
  const fault = type.includes('{{') ? goTemplateFault(type) : null;
  const isKnown = type.includes('{{') || /^(?:team|teams|user|escalation|schedule)$/.test(type.toLowerCase());
  if (fault !== null) report('value', `type ${fault}`, 'type');
  if (!isKnown) report('value', 'type must be team, teams, user, escalation or schedule', 'type');
});

export const opsgenie = struct(
  {
    ...common,
    api_key: { type: secret },
    ...all(url, 'api_url'),
    ...all(text, 'api_key_file message description source entity actions tags note priority'),
    details: { type: map(text) },
    responders: { type: list(responder, { refusesNull: true }) },
    update_alerts: { type: bool },
  },
  (values, report) => refuseSeveral(values, report, 'api_key api_key_file'),
);

const VICTOROPS_FIELDS =
  'routing_key message_type state_message entity_display_name monitoring_tool entity_id entity_state';

export const victorops = struct(
  {
    ...common,
    api_key: { type: secret },
    ...all(url, 'api_url'),
    ...all(text, 'api_key_file routing_key message_type state_message entity_display_name monitoring_tool'),
    custom_fields: { type: map(text) },
  },
  (values, report) => {
    requireOne(values, report, 'routing_key');
    refuseSeveral(values, report, 'api_key api_key_file');
    const custom = values.record('custom_fields');
    const taken = VICTOROPS_FIELDS.split(' ').find((name) => name in custom);
    if (taken !== undefined)
      report('exclusive', `custom_fields must not hold ${taken}, which is a field of its own`, 'custom_fields');
  },
);

export const pushover = struct(
  {
    ...common,
    ...all(secret, 'user_key token'),
    ...all(text, 'title message url url_title sound priority'),
    ...all(textDuration, 'retry expire'),
    html: { type: bool },
    ...since(26, all(text, 'user_key_file token_file device')),
    ...since(27, all(textDuration, 'ttl')),
    ...since(29, all(bool, 'monospace')),
  },
  (values, report) => {
    for (const name of ['user_key', 'token']) {
      requireOne(values, report, `${name} ${name}_file`);
      refuseSeveral(values, report, `${name} ${name}_file`);
    }
    if (values.isTrue('html') && values.isTrue('monospace'))
      report('exclusive', 'only one of html and monospace may be set');
  },
);

const sigv4 = struct(
  {
    ...all(text, 'region access_key profile role_arn'),
    secret_key: { type: secret },
    ...since(28, all(bool, 'use_fips_sts_endpoint')),
    ...since(33, all(text, 'external_id service_name')),
  },
  (values, report) => {
    if ((values.text('access_key') === '') !== (values.text('secret_key') === '')) {
      report('required', 'needs both an access_key and a secret_key, or neither');
    }
    if (values.text('external_id') !== '' && values.text('role_arn') === '') {
      report('required', 'external_id needs a role_arn', 'external_id');
    }
  },
);

export const sns = struct(
  {
    ...common,
    ...all(text, 'api_url topic_arn phone_number target_arn subject message'),
    sigv4: { type: sigv4 },
    attributes: { type: map(text) },
    ...since(33, all(bool, 'use_aws_http_client')),
  },
  (values, report) => {
    const set = ['target_arn', 'topic_arn', 'phone_number'].filter((name) => values.text(name) !== '');
    // Alertmanager takes all three for one.
    if (set.length !== 1 && set.length !== 3) report('required', 'needs one of target_arn, topic_arn and phone_number');
  },
);
