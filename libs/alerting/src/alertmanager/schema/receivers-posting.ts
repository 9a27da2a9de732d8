import { all, any, bool, duration, list, map, secret, since, struct, text } from './fields';
import { refuseSeveral } from './http';
import { common, postFields, requireOne } from './receivers-chat';
import { interval, url, webhookUrl } from './values';

export const webhook = struct(
  {
    ...postFields,
    url: { type: webhookUrl },
    ...since(26, all(text, 'url_file')),
    ...since(28, all(duration, 'timeout')),
    ...since(32, all(any, 'payload')),
  },
  (values, report) => {
    requireOne(values, report, 'url url_file');
    refuseSeveral(values, report, 'url url_file');
  },
);

export const incidentio = struct(
  {
    ...postFields,
    url: { type: url },
    ...all(text, 'url_file alert_source_token_file'),
    alert_source_token: { type: secret },
    timeout: { type: duration },
  },
  (values, report) => {
    requireOne(values, report, 'url url_file');
    refuseSeveral(values, report, 'url url_file');
    refuseSeveral(values, report, 'alert_source_token alert_source_token_file');
    const http = values.struct('http_config');
    const isAuthorized =
      http.has('authorization') || http.text('bearer_token') !== '' || http.text('bearer_token_file') !== '';
    const hasToken = values.text('alert_source_token') !== '' || values.text('alert_source_token_file') !== '';
    if (isAuthorized && hasToken) report('exclusive', 'an alert_source_token excludes http_config.authorization');
    if (values.has('http_config') && !isAuthorized && !hasToken) {
      report('required', 'needs an alert_source_token or http_config.authorization');
    }
  },
);

/** A field of an issue: its template, or that with whether to change it later. */
const jiraText = struct({ ...all(text, 'template'), ...all(bool, 'enable_update') }, undefined, { orText: true });

export const jira = struct(
  {
    ...common,
    ...all(url, 'api_url'),
    ...all(text, 'api_type project priority issue_type reopen_transition resolve_transition wont_fix_resolution'),
    ...all(jiraText, 'summary description'),
    labels: { type: list(text) },
    reopen_duration: { type: interval },
    fields: { type: map(any) },
  },
  (values, report) => {
    requireOne(values, report, 'project');
    requireOne(values, report, 'issue_type');
    if (values.isWritten('api_type') && !/^(?:auto|cloud|datacenter)$/.test(values.text('api_type'))) {
      report('value', 'api_type must be auto, cloud or datacenter', 'api_type');
    }
  },
);
