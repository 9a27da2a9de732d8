import { excerpt } from '../../problems';
import { refused, type ListReading, type ParsedWebhook, type Reading } from '../parsed-webhook';
import { isObject, readGroup } from '../webhook-payload';

/** What Grafana has written as `version` so far. */
const VERSIONS: readonly unknown[] = [undefined, '1', '4'];

/** Links of an alert that Grafana sends beside Alertmanager's fields, and the annotation each becomes. */
const LINKS: readonly (readonly [field: string, annotation: string])[] = [
  ['dashboardURL', 'dashboard_url'],
  ['panelURL', 'panel_url'],
  ['silenceURL', 'silence_url'],
  ['imageURL', 'image_url'],
];

/** Whether a body comes from Grafana's alerting: its organisation is something that Alertmanager never sends. */
export function isGrafanaMessage(body: unknown): boolean {
  return isObject(body) && typeof body['orgId'] === 'number' && Array.isArray(body['alerts']);
}

/**
 * Reads Grafana's webhook: Alertmanager's message with another version and more fields. Values and links of an alert become
 * annotations, unless the rule has written annotations of these names itself.
 */
export function readGrafanaMessage(body: unknown, texts: ListReading['texts'] = 'unchecked'): ParsedWebhook {
  if (!isObject(body)) return refused('', 'not_an_object', 'the body must be a JSON object');
  if (!VERSIONS.includes(body['version'])) {
    const version = body['version'];
    const seen = typeof version === 'string' ? ` "${excerpt(version)}"` : '';
    return refused('/version', 'unsupported_version', `version${seen} of Grafana's message is not "1"`);
  }
  return readGroup(body, { at: ['alerts'], texts, read: readAlert });
}

function readAlert(item: unknown): Reading {
  if (!isObject(item) || (!isUnset(item['annotations']) && !isObject(item['annotations']))) return { alert: item };
  const added: [string, string][] = [];
  for (const [field, annotation] of LINKS) {
    const link = item[field];
    if (typeof link === 'string' && link !== '') added.push([annotation, link]);
  }
  const values = valuesOf(item);
  if (values !== null) added.push(['values', values]);
  if (added.length === 0) return { alert: item };
  const { status, labels, startsAt, endsAt, generatorURL, fingerprint } = item;
  // The rule's own annotations come last, and win.
  const annotations = { ...Object.fromEntries(added), ...(item['annotations'] ?? {}) };
  return { alert: { status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint } };
}

/** Which numbers made it fire: `B=44.2, C=1`, or the text that Grafana before 9.4 sent instead. */
function valuesOf({ values, valueString }: Record<string, unknown>): string | null {
  if (isObject(values)) {
    const parts = Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'string' ? [`${name}=${value}`] : [],
    );
    return parts.length > 0 ? parts.join(', ') : null;
  }
  return typeof valueString === 'string' && valueString !== '' ? valueString : null;
}

const isUnset = (value: unknown): boolean => value === undefined || value === null;
