import { defaultPolicy } from '../src/policy/default-policy';
import type { PolicyDocument, PolicySnapshot } from '../src/policy/policy-document';
import { normaliseAlert } from '../src/webhook/normalised-alert';
import type { PipelineEvent } from '../src/pipeline/facts';

/** Numbers from 0 to 1, the same for the same seed. */
export function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Ids in a fixed sequence. */
export function countingIds(prefix = 'id'): () => string {
  let count = 0;
  return () => `${prefix}-${String(++count).padStart(8, '0')}`;
}

/** What a sender wrote, and when and for which cluster it arrived. */
export interface SentAlert {
  text: string;
  cluster_id: string;
  at: number;
}

export const STREAM_START = Date.parse('2031-03-03T08:00:00Z');

const NAMES = ['HighLatency', 'DiskFull', 'PodCrash', 'NodeDown', 'CertExpiry'];
const SEVERITIES = ['critical', 'warning', 'info', 'page', undefined];

/** A busy fleet: repeats, replicas, flapping, storms, late and lost messages, edited rules, three clusters. */
export function* sentAlerts(count: number, seed: number): Generator<SentAlert> {
  const random = randomBy(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const firing = new Map<string, { labels: Record<string, string>; cluster_id: string; startsAt: number }>();
  const sent: SentAlert[] = [];
  let at = STREAM_START;
  for (let made = 0; made < count; made++) {
    at += random() < 0.02 ? Math.floor(random() * 900_000) : Math.floor(random() * 4_000);
    if (random() < 0.08 && sent.length > 0) {
      // A retry that comes late.
      yield { ...pick(sent.slice(-300)), at };
      continue;
    }
    const known = random() < 0.6 && firing.size > 0 ? pick([...firing.values()]) : null;
    const cluster_id = known?.cluster_id ?? `cluster-${1 + Math.floor(random() * 3)}`;
    const severity = pick(SEVERITIES);
    const labels = known?.labels ?? {
      alertname: pick(NAMES),
      namespace: pick(['shop', 'billing']),
      service: pick(['web', 'api', 'db', 'queue']),
      instance: `host-${Math.floor(random() * 12)}`,
      ...(severity ? { severity } : {}),
      ...(random() < 0.05 ? { maintenance: 'true' } : {}),
    };
    const key = JSON.stringify([cluster_id, labels]);
    const isResolved = known !== null && random() < 0.4;
    const startsAt = known && random() < 0.9 ? known.startsAt : at - Math.floor(random() * 20_000);
    if (isResolved) firing.delete(key);
    else firing.set(key, { labels, cluster_id, startsAt });
    const alert = {
      status: isResolved ? 'resolved' : 'firing',
      labels: { ...labels, replica: pick(['a', 'a', 'a', 'b']) },
      annotations: {
        summary: `${labels.alertname} on ${labels.instance}`,
        ...(random() < 0.3
          ? {
              alertagent_rule_id: `rule-${labels.alertname}`,
              alertagent_rule_version: String(1 + (made % 7 === 0 ? 1 : 0)),
            }
          : {}),
      },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: isResolved ? new Date(at).toISOString() : '0001-01-01T00:00:00Z',
    };
    sent.push({ text: JSON.stringify(alert), cluster_id, at });
    yield sent.at(-1)!;
  }
}

/** A stored alert as the pipeline sees it. */
export function eventOf({ text, cluster_id, at }: SentAlert, ignoreLabels: ReadonlySet<string>): PipelineEvent {
  return { alert: normaliseAlert(JSON.parse(text) as unknown, cluster_id, ignoreLabels), at };
}

/** The policy of a configuration file that says nothing. */
export function plainPolicy(): PolicyDocument {
  return defaultPolicy({
    convergence: { enabled: true, group_by: ['alertname', 'service'], window: '5m', max_alerts: 10 },
    routing: { default_workflow: 'alert-analysis', rules: [] },
  });
}

/** A policy in which everything is used that there is. */
export function richSnapshot(): PolicySnapshot {
  const policy = plainPolicy();
  const rule = { ...policy.convergence[0]!, match: [] as string[] };
  return {
    policy: {
      ...policy,
      flapping: { enabled: true, changes: 3, window: '30m', hold: '3m' },
      storm: { alerts: 5, window: '1m' },
      convergence: [
        {
          ...rule,
          name: 'nodes',
          match: ['alertname="NodeDown"'],
          strategy: { by: 'labels', labels: ['alertname'], across_clusters: true },
        },
        {
          ...rule,
          name: 'places',
          match: ['namespace="billing"'],
          strategy: { by: 'topology', levels: ['namespace', 'service', 'instance'] },
        },
        {
          ...rule,
          name: 'words',
          match: ['alertname=~"Pod.*"'],
          strategy: { by: 'text', labels: ['namespace'], similarity: 0.6 },
          grace: '2m',
        },
        { ...rule, name: 'single', condition: "severity == 'page'", match: [], strategy: { by: 'alert' } },
        { ...rule, max_alerts: 4, max_lifetime: '20m', window_kind: 'fixed' },
      ],
      priority: {
        ...policy.priority,
        rules: [{ name: 'database', condition: "labels.service == 'db'", points: 15 }],
        times: [{ schedule: 'office', when: 'inactive', points: -5 }],
        history: [{ incidents: 2, points: 7 }],
      },
      routing: {
        name: 'everything',
        workflow: 'alert-analysis',
        team: 'operations',
        routes: [
          { name: 'audit', match: ['severity="critical"'], team: 'audit', continue: true },
          {
            name: 'shop',
            match: ['namespace="shop"'],
            team: 'shop',
            routes: [{ name: 'day', schedule: 'office', team: 'shop-day' }],
          },
          { name: 'databases', condition: "labels.service == 'db'", team: 'dba', workflow: 'databases' },
        ],
      },
      schedules: {
        office: { time_zone: 'Europe/Berlin', times: [{ weekdays: ['monday:friday'], from: '09:00', to: '17:00' }] },
      },
    },
    suppressions: [],
  };
}
