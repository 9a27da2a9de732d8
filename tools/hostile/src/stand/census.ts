import { pollUntil } from '@alertagent/local-stack';
import type { Endpoint } from '../api/endpoints';
import type { HostileStand } from './hostile-stand';

const SERVICES = ['gateway', 'rules', 'clusters', 'config', 'ai'];
/** What these show changes without anybody asking for it: every new incident is analysed, unless it is over first. */
const RESTLESS = new Set([
  '/api/v1/audit',
  '/api/v1/ai/dead-letters',
  '/api/v1/clusters/health',
  '/api/v1/alerts/analyze',
  '/api/v1/escalations',
  // What closed incidents taught.
  '/api/v1/knowledge/documents',
]);
const QUIET_MS = 300;
/** AlertAgent's own alerts, e.g. that a webhook is refused again and again. They come and go by themselves. */
const OWN_ALERTS = 'own alerts';
const OWN_NAMES = ['AlertAgentWebhookRefused', 'AlertAgentAlertsTruncated', 'AlertAgentStuckWork'];
/** What such an alert changes. */
const TOUCHED_BY_OWN = new Set([OWN_ALERTS, 'ledger', 'newest of /api/v1/alerts', 'newest of /api/v1/incidents']);

/** What is in the gateway and behind it, short enough to compare: a refused request must leave it as it was. */
export type Census = Readonly<Record<string, string>>;

/** Takes a census once what was asked for before has taken its effect everywhere: services follow each other's events. */
export async function quietCensus(stand: HostileStand, endpoints: readonly Endpoint[]): Promise<Census> {
  await stand.settled();
  let last = await takeCensus(stand, endpoints);
  return pollUntil(
    async () => {
      const next = await takeCensus(stand, endpoints);
      const isQuiet = differences(last, next).length === 0;
      last = next;
      return isQuiet ? next : null;
    },
    { what: 'the services to come to rest', timeoutMs: 60_000, intervalMs: QUIET_MS },
  );
}

/** Takes the newest change that somebody asked of every service, the head of every list, and the ledger. */
async function takeCensus(stand: HostileStand, endpoints: readonly Endpoint[]): Promise<Census> {
  const census: Record<string, string> = {};
  for (const service of SERVICES) {
    const { items } = await stand.get<{ items: { seq: number; action: string; actor: { kind: string } }[] }>(
      `/audit?service=${service}&limit=100`,
    );
    // A rollout that ends by itself was nobody's request.
    const last = items.find(({ actor }) => actor.kind !== 'system');
    census[`last change of ${service}`] = last ? `${last.seq} ${last.action}` : 'none';
  }
  for (const { path } of endpoints.filter(isList)) {
    const { status, body } = await stand.call<{ items?: { id?: string; analysis_id?: string }[] }>(
      'GET',
      path.replace('/api/v1', '') + '?limit=1',
    );
    const [first] = body.items ?? [];
    if (status === 200) census[`newest of ${path}`] = first ? (first.id ?? first.analysis_id ?? 'one') : 'none';
  }
  census[OWN_ALERTS] = await ownAlerts(stand);
  const { accepted, dispositions } = await stand.get<{ accepted: number; dispositions: object }>('/ledger');
  census['ledger'] = JSON.stringify({ accepted, dispositions });
  return census;
}

/** What differs between two censuses, in words. */
export function differences(before: Census, after: Census): string[] {
  const spoke = before[OWN_ALERTS] !== after[OWN_ALERTS];
  return Object.keys({ ...before, ...after })
    .filter((key) => before[key] !== after[key] && !(spoke && TOUCHED_BY_OWN.has(key)))
    .map((key) => `${key}: ${before[key] ?? 'nothing'} became ${after[key] ?? 'nothing'}`);
}

async function ownAlerts(stand: HostileStand): Promise<string> {
  const own: string[] = [];
  for (const name of OWN_NAMES) {
    const { items } = await stand.get<{ items: { id: string; status: string }[] }>(`/alerts?limit=500&name=${name}`);
    own.push(...items.map(({ id, status }) => `${id} ${status}`));
  }
  return own.join(', ');
}

function isList({ method, path, query }: Endpoint): boolean {
  return method === 'GET' && !path.includes('{') && !RESTLESS.has(path) && query.some(({ name }) => name === 'limit');
}
