import { all, bool, duration, integer, list, secret, since, struct, text, unsigned } from './fields';
import type { Field, StructReport, StructValues } from './go-type';
import { httpConfig, refuseSeveral } from './http';
import { secretUrl, url } from './values';

/** Fields of every way to notify. */
export const common: Record<string, Field> = { send_resolved: { type: bool }, http_config: { type: httpConfig } };

/** Refuses when none of several ways to say the same is used. */
export function requireOne(values: StructValues, report: StructReport, names: string): void {
  if (!names.split(' ').some((name) => values.has(name) && values.text(name) !== '')) {
    report('required', `needs ${names.split(' ').join(' or ')}`);
  }
}

const requireText = (values: StructValues, report: StructReport, names: string): void => {
  for (const name of names.split(' ')) if (values.text(name) === '') report('required', `needs ${name}`);
};

const titledField = struct({ ...all(text, 'title value'), short: { type: bool } }, (values, report) => {
  requireText(values, report, 'title value');
});

const slackConfirm = struct(all(text, 'text title ok_text dismiss_text'), (values, report) => {
  requireText(values, report, 'text');
});

const slackAction = struct(
  { ...all(text, 'type text url style name value'), confirm: { type: slackConfirm } },
  (values, report) => {
    requireText(values, report, 'type text');
    requireOne(values, report, 'url name');
  },
);

const SLACK_API = 'https://slack.com/api/chat.postMessage';

export const slack = struct(
  {
    ...common,
    ...all(secretUrl, 'api_url'),
    ...all(text, 'api_url_file channel username color title title_link pretext text footer fallback callback_id'),
    ...all(text, 'icon_emoji icon_url image_url thumb_url'),
    ...all(bool, 'short_fields link_names'),
    fields: { type: list(titledField) },
    mrkdwn_in: { type: list(text) },
    actions: { type: list(slackAction) },
    ...since(30, { ...all(secret, 'app_token'), ...all(text, 'app_token_file'), ...all(url, 'app_url') }),
    ...since(30, all(duration, 'timeout')),
    ...since(31, all(text, 'message_text')),
    ...since(32, all(bool, 'update_message')),
  },
  (values, report) => {
    refuseSeveral(values, report, 'api_url api_url_file');
    refuseSeveral(values, report, 'app_token app_token_file');
    const hasToken = values.text('app_token') !== '' || values.text('app_token_file') !== '';
    if (hasToken && (values.has('api_url') || values.text('api_url_file') !== '')) {
      report('exclusive', 'an app_token excludes an api_url');
    }
    if (values.isTrue('update_message') && values.text('api_url') !== SLACK_API) {
      report('required', `update_message needs the api_url ${SLACK_API}`, 'update_message');
    }
  },
);

export const discord = struct(
  {
    ...common,
    ...all(secretUrl, 'webhook_url'),
    ...all(text, 'title message'),
    ...since(27, all(text, 'webhook_url_file')),
    ...since(28, all(text, 'content username avatar_url')),
  },
  (values, report) => {
    requireOne(values, report, 'webhook_url webhook_url_file');
    refuseSeveral(values, report, 'webhook_url webhook_url_file');
  },
);

const teams = (values: StructValues, report: StructReport): void => {
  requireOne(values, report, 'webhook_url webhook_url_file');
  refuseSeveral(values, report, 'webhook_url webhook_url_file');
};

export const msteams = struct(
  {
    ...common,
    ...all(secretUrl, 'webhook_url'),
    ...all(text, 'title text'),
    ...since(27, all(text, 'summary webhook_url_file')),
  },
  teams,
);

export const msteamsv2 = struct(
  { ...common, ...all(secretUrl, 'webhook_url'), ...all(text, 'title text webhook_url_file') },
  teams,
);

export const webex = struct(
  { ...common, ...all(url, 'api_url'), ...all(text, 'message room_id') },
  (values, report) => {
    requireText(values, report, 'room_id');
    const http = values.struct('http_config');
    const isAuthorized =
      http.has('authorization') || http.text('bearer_token') !== '' || http.text('bearer_token_file') !== '';
    if (!isAuthorized) report('required', 'needs http_config.authorization');
  },
);

export const telegram = struct(
  {
    ...common,
    ...all(url, 'api_url'),
    bot_token: { type: secret },
    chat_id: { type: integer },
    ...all(text, 'message parse_mode'),
    disable_notifications: { type: bool },
    ...since(26, all(text, 'bot_token_file')),
    ...since(28, all(integer, 'message_thread_id')),
    ...since(31, all(text, 'chat_id_file')),
  },
  (values, report, { minor }) => {
    // Later a global one may take its place.
    if (minor < 31) requireOne(values, report, 'bot_token bot_token_file');
    refuseSeveral(values, report, 'bot_token bot_token_file');
    const hasFile = values.text('chat_id_file') !== '';
    if (values.number('chat_id') === 0 && !hasFile) report('required', 'needs a chat_id');
    if (values.number('chat_id') !== 0 && hasFile)
      report('exclusive', 'only one of chat_id and chat_id_file may be set');
    const mode = values.text('parse_mode');
    if (!/^(?:|Markdown|MarkdownV2|HTML)$/.test(mode)) {
      report('value', 'parse_mode must be Markdown, MarkdownV2, HTML or empty', 'parse_mode');
    }
  },
);

/** Go gives these no names of their own in YAML, so that only their lower-case names are known. */
const rocketchatField = struct({ ...all(bool, 'short'), ...all(text, 'title value') });
const rocketchatAction = struct({
  ...all(text, 'type text url imageurl webviewheightratio msg msgprocessingtype'),
  ...all(bool, 'iswebview msginchatwindow'),
});

export const rocketchat = struct(
  {
    ...common,
    ...all(url, 'api_url'),
    ...all(secret, 'token token_id'),
    ...all(text, 'token_file token_id_file channel color title title_link text emoji icon_url image_url thumb_url'),
    ...all(bool, 'short_fields link_names'),
    fields: { type: list(rocketchatField) },
    actions: { type: list(rocketchatAction) },
  },
  (values, report) => {
    for (const name of ['token', 'token_id']) {
      if (values.has(name) && values.text(`${name}_file`) !== '') {
        report('exclusive', `only one of ${name} and ${name}_file may be set`, name);
      }
    }
  },
);

const mattermostTexts = `fallback color pretext text author_name author_link author_icon title title_link thumb_url
  footer footer_icon image_url`;

export const mattermost = struct(
  {
    ...common,
    ...all(secretUrl, 'webhook_url'),
    ...all(text, `webhook_url_file channel username icon_url icon_emoji type ${mattermostTexts}`),
    fields: { type: list(titledField) },
    attachments: { type: list(struct({ ...all(text, mattermostTexts), fields: { type: list(titledField) } })) },
    props: { type: struct(all(text, 'card')) },
    priority: { type: struct({ ...all(text, 'priority'), ...all(bool, 'requested_ack persistent_notifications') }) },
  },
  (values, report) => refuseSeveral(values, report, 'webhook_url webhook_url_file'),
);

export const wechat = struct(
  {
    ...common,
    ...all(url, 'api_url'),
    api_secret: { type: secret },
    ...all(text, 'corp_id message to_user to_party to_tag agent_id message_type'),
    ...since(31, all(text, 'api_secret_file')),
  },
  (values, report) => {
    if (!/^(?:|text|markdown)$/.test(values.text('message_type'))) {
      report('value', 'message_type must be text or markdown', 'message_type');
    }
    refuseSeveral(values, report, 'api_secret api_secret_file');
  },
);

/** What webhooks and incident.io share. */
export const postFields: Record<string, Field> = {
  ...common,
  max_alerts: { type: unsigned },
};
