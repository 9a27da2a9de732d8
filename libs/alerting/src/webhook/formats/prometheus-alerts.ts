import { isInstant, readInstant, ZERO_TIME } from '../instant';
import { bareGroup, refused, sortAlerts, type ListReading, type ParsedWebhook, type Reading } from '../parsed-webhook';
import { isUnset, START_ASSUMED } from '../start-assumed';
import { isObject } from '../webhook-payload';

/**
 * Reads what Prometheus and vmalert post to an Alertmanager's `/api/v2/alerts`: a bare list of alerts without a status. An `endsAt`
 * that has passed says resolved. While an alert fires both write a time in the future there: until when it is to be believed
 * without being said again. `receivedAt` is epoch milliseconds.
 */
export function readPrometheusAlerts(
  body: unknown,
  receivedAt: number,
  texts: ListReading['texts'] = 'unchecked',
): ParsedWebhook {
  if (!Array.isArray(body)) return refused('', 'not_an_array', 'the body must be a JSON array of alerts');
  const received = new Date(receivedAt).toISOString();
  return sortAlerts(body, bareGroup(), { at: [], texts, read: (item) => readAlert(item, receivedAt, received) });
}

function readAlert(item: unknown, receivedAt: number, received: string): Reading {
  // Anything but an object is named as what it is by the examination that follows.
  if (!isObject(item)) return { alert: item };
  const { labels, annotations, startsAt, endsAt, generatorURL } = item;
  const ends = typeof endsAt === 'string' && endsAt !== ZERO_TIME ? readInstant(endsAt) : null;
  const status = ends !== null && ends.ms <= receivedAt ? 'resolved' : 'firing';
  const alert = { status, labels, annotations, startsAt, endsAt, generatorURL };
  if (!isUnset(startsAt)) return { alert };
  // As Alertmanager does it: an alert without a start began now, or, when it is over already, then.
  const assumed = status === 'resolved' && typeof endsAt === 'string' && isInstant(endsAt) ? endsAt : received;
  return { alert: { ...alert, startsAt: assumed, [START_ASSUMED]: true } };
}
