import { parseDuration } from '../durations';
import { excerpt } from '../problems';
import { RenderError, renderYaml, type RenderedFile } from '../rendered-file';
import { ALERTAGENT_RECEIVER, alertAgentGrouping, alertAgentReceiver, CANARY_ROUTE } from './alertagent-receiver';

/** What differs between the Alertmanager configurations of clusters. Durations are in Prometheus' grammar. */
export interface AlertmanagerConfigInput {
  /** Where Alertmanager posts to, http or https. It must answer there itself: a redirect would lose the body. */
  webhook_url: string;
  /** File with the webhook token, relative to the configuration file or absolute. */
  credentials_file: string;
  /** Labels that make one notification; default alertname alone. */
  group_by?: string[];
  /** How long Alertmanager waits for more alerts of a new group; default 10s. */
  group_wait?: string;
  /** Between notifications of a changed group, and also how long it keeps retrying a failed one; default 30s. */
  group_interval?: string;
  /** Between notifications of an unchanged group; default 4h. */
  repeat_interval?: string;
  /** The canary gets a route of its own, on which it is repeated each minute. */
  canary?: boolean | null;
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Renders the smallest Alertmanager configuration (0.25 to 0.34) that sends everything to AlertAgent.
 * Throws a RenderError for values that Alertmanager would refuse or silently misread.
 */
export function renderAlertmanagerConfig(input: AlertmanagerConfigInput): RenderedFile {
  const grouping = alertAgentGrouping(input);
  const { group_by, group_wait, group_interval, repeat_interval } = grouping;
  refuseBadUrl(input.webhook_url);
  if (input.credentials_file === '') throw new RenderError('credentials_file is empty');
  // Newer Alertmanagers take any text for a label name and then group by a label that never exists.
  const badName = group_by.find((name) => !LABEL_NAME.test(name));
  if (badName !== undefined && !(group_by.length === 1 && badName === '...')) {
    throw new RenderError(`group_by holds "${excerpt(badName)}", which is no label name`);
  }
  if (new Set(group_by).size !== group_by.length) throw new RenderError('group_by names a label twice');
  refuseBadDuration('group_wait', group_wait, 0);
  refuseBadDuration('group_interval', group_interval, 1);
  refuseBadDuration('repeat_interval', repeat_interval, 1);
  const rendered = renderYaml({
    route: { receiver: ALERTAGENT_RECEIVER, ...grouping, ...(input.canary ? { routes: [CANARY_ROUTE] } : {}) },
    receivers: [alertAgentReceiver(input)],
  });
  return { ...rendered, rules: 0, manifest: [] };
}

function refuseBadUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || /[\s\p{Cc}]/u.test(text)) {
    throw new RenderError('webhook_url is not an http or https address');
  }
}

function refuseBadDuration(field: string, text: string, leastMs: number): void {
  const ms = parseDuration(text);
  if (ms === null || ms < leastMs) throw new RenderError(`${field} "${excerpt(text)}" is not a usable duration`);
}
