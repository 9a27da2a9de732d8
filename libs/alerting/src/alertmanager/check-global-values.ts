import type { StructReport, StructValues } from './schema/go-type';

/** Ways to say the same globally, of which only one may be used. */
const EXCLUSIVE =
  `slack_app_token slack_api_url opsgenie_api_key victorops_api_key telegram_bot_token smtp_auth_password
  smtp_auth_secret wechat_api_secret mattermost_webhook_url rocketchat_token rocketchat_token_id`.split(/\s+/);

/** Default addresses; written as null they are gone. */
const SLACK_APP_URL = 'https://slack.com/api/chat.postMessage';

/** What each way to notify takes from the global section when it does not say it itself: the first of each list is named. */
const INHERITED: Readonly<Record<string, readonly { own: string; global: string; hasDefault?: true }[]>> = {
  email_configs: [
    { own: 'smarthost', global: 'smtp_smarthost' },
    { own: 'from', global: 'smtp_from' },
  ],
  pagerduty_configs: [{ own: 'url', global: 'pagerduty_url', hasDefault: true }],
  opsgenie_configs: [
    { own: 'api_url', global: 'opsgenie_api_url', hasDefault: true },
    { own: 'api_key api_key_file', global: 'opsgenie_api_key opsgenie_api_key_file' },
  ],
  wechat_configs: [
    { own: 'api_url', global: 'wechat_api_url', hasDefault: true },
    { own: 'api_secret api_secret_file', global: 'wechat_api_secret wechat_api_secret_file' },
    { own: 'corp_id', global: 'wechat_api_corp_id' },
  ],
  victorops_configs: [
    { own: 'api_url', global: 'victorops_api_url', hasDefault: true },
    { own: 'api_key api_key_file', global: 'victorops_api_key victorops_api_key_file' },
  ],
  telegram_configs: [{ own: 'bot_token bot_token_file', global: 'telegram_bot_token telegram_bot_token_file' }],
  webex_configs: [{ own: 'api_url', global: 'webex_api_url', hasDefault: true }],
  jira_configs: [{ own: 'api_url', global: 'jira_api_url' }],
  mattermost_configs: [
    { own: 'webhook_url webhook_url_file', global: 'mattermost_webhook_url mattermost_webhook_url_file' },
  ],
};

/** Checks of the global section as a whole. */
export function checkGlobals(globals: StructValues, report: StructReport): void {
  for (const name of EXCLUSIVE) {
    if (globals.has(name) && isSet(globals, name) && globals.text(`${name}_file`) !== '') {
      report('exclusive', `only one of ${name} and ${name}_file may be set`, name);
    }
  }
  const hasToken = isSet(globals, 'slack_app_token slack_app_token_file');
  const appUrl = globals.text('slack_app_url') || SLACK_APP_URL;
  if (hasToken && isSet(globals, 'slack_api_url slack_api_url_file') && globals.text('slack_api_url') !== appUrl) {
    report('exclusive', 'a slack_app_token excludes a slack_api_url', 'slack_app_token');
  }
}

/** Whether one notification of a receiver finds everything it needs, there or in the global section. */
export function checkInherited(kind: string, own: StructValues, globals: StructValues, report: StructReport): void {
  for (const { own: names, global, hasDefault } of INHERITED[kind] ?? []) {
    if (isSet(own, names) || isSet(globals, global)) continue;
    if (hasDefault && !globals.isWritten(global)) continue;
    report('required', `needs ${names.split(' ')[0]!}, here or as ${global.split(' ')[0]!} in the global section`);
  }
  if (kind === 'slack_configs') checkSlack(own, globals, report);
  if (kind === 'rocketchat_configs') checkRocketchat(own, globals, report);
}

function checkSlack(own: StructValues, globals: StructValues, report: StructReport): void {
  const needsAppUrl = !own.has('app_url') && globals.isWritten('slack_app_url') && !globals.has('slack_app_url');
  if (needsAppUrl) report('required', 'needs app_url, because the global slack_app_url is empty');
  const hasAddress = isSet(own, 'api_url api_url_file') || isSet(globals, 'slack_api_url slack_api_url_file');
  const isAuthorized =
    own.struct('http_config').has('authorization') ||
    isSet(own.struct('http_config'), 'bearer_token bearer_token_file');
  const hasOwnToken = isSet(own, 'app_token app_token_file');
  const takesToken = !hasOwnToken && !isAuthorized && !own.has('api_url');
  const hasToken = hasOwnToken || (takesToken && isSet(globals, 'slack_app_token slack_app_token_file'));
  if (!hasAddress && !hasToken) {
    report('required', 'needs api_url or app_token, here or as slack_api_url or slack_app_token in the global section');
  }
  const http = own.has('http_config') ? own.struct('http_config') : globals.struct('http_config');
  if (hasToken && (http.has('authorization') || isSet(http, 'bearer_token bearer_token_file'))) {
    report('exclusive', 'an app_token excludes http_config.authorization');
  }
}

/** Tokens count even when they are empty. */
function checkRocketchat(own: StructValues, globals: StructValues, report: StructReport): void {
  for (const name of ['token_id', 'token']) {
    const here = own.has(name) || own.text(`${name}_file`) !== '';
    const there = globals.has(`rocketchat_${name}`) || globals.text(`rocketchat_${name}_file`) !== '';
    if (!here && !there) report('required', `needs ${name}, here or as rocketchat_${name} in the global section`);
  }
}

function isSet(values: StructValues, names: string): boolean {
  return names.split(' ').some((name) => values.text(name) !== '');
}
