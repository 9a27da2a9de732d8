import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import { atMost } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow, RowContext, RowResult } from '../../row';
import type { Stand } from '../../stand';
import { countOf } from '../../stored-alerts';
import { register } from './addresses';

const ROTATIONS = 20;
const BODY = JSON.stringify({ version: '4', receiver: 'fault', truncatedAlerts: 0, alerts: [] });

interface Issued {
  id: string;
  token: string;
}

/** One call with a machine token, and whether the token was taken. */
interface Use {
  at: number;
  isTaken: boolean;
}

/** Tokens are rotated under load: two are valid at once, and the old one ends when it is revoked. */
export const tokensRevoked: FaultRow = {
  id: 'S03',
  title: 'clusters: tokens are rotated and revoked, two gateways and config',
  bar: 'the new one is never refused; the old one is taken nowhere 1 s after the answer to its revocation',
  sabotages: { 'long-memory': 'a gateway goes on believing what it remembers' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { log } = context;
  const stand = await context.stand({ gateways: 2, services: ['clusters', 'config'] });
  const { id } = await register(stand, { name: 'rotated' });
  // On the very first start of an installation the gateways wait for the stream of `clusters` to come into being.
  await pollUntil(
    async () => (await countOf(stand.database, 'SELECT COUNT(*) FROM gateway_known_cluster_tokens')) >= 2,
    { what: 'the gateways to hear of tokens', timeoutMs: 30_000 },
  );
  const issue = async (purpose: string): Promise<Issued> => {
    const { status, body } = await stand.call<Issued>('POST', `/clusters/${id}/tokens`, { purpose });
    if (status !== 201) throw new Error(`no token was issued: ${status}`);
    return body;
  };
  const lateMs: number[] = [];
  const problems: string[] = [];
  for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
    const purpose = rotation % 2 === 0 ? 'webhook' : 'sync';
    const [old, fresh] = [await issue(purpose), await issue(purpose)];
    const uses = { old: [] as Use[], fresh: [] as Use[] };
    const stop = new AbortController();
    const work = stand.gateways.flatMap(({ url }) => [
      keepUsing(() => useToken(url, id, purpose, old.token), uses.old, stop.signal),
      keepUsing(() => useToken(url, id, purpose, fresh.token), uses.fresh, stop.signal),
    ]);
    await delay(700);
    if (uses.old.length === 0 || !uses.old.every(({ isTaken }) => isTaken))
      problems.push('the old token was refused too early');
    await revoke(stand, id, old.id);
    const revokedAt = performance.now();
    await delay(1_800);
    stop.abort();
    await Promise.all(work);
    const last = Math.max(0, ...uses.old.filter(({ isTaken }) => isTaken).map(({ at }) => at - revokedAt));
    log(`${purpose} token: taken until ${Math.round(last)} ms after its revocation`);
    lateMs.push(...uses.old.filter(({ isTaken }) => isTaken).map(({ at }) => at - revokedAt));
    if (!uses.fresh.every(({ isTaken }) => isTaken)) problems.push('the new token was refused');
    if (uses.old.at(-1)?.isTaken !== false) problems.push('the old token was never refused');
  }
  const late = lateMs.filter((ms) => ms > 0);
  const worst = Math.max(0, ...late);
  const { figures, problems: broken } = await checkInvariants(stand);
  return {
    figures: {
      ...figures,
      rotations: ROTATIONS,
      taken_after_p50_ms: Math.round(percentile(late, 0.5)),
      taken_after_max_ms: Math.round(worst),
    },
    problems: [...new Set(problems), ...broken, ...atMost('ms that a revoked token was taken', worst, 1_000)],
  };
}

/** Starts of calls count: what began before the second was over and ends later is no late use. */
async function keepUsing(use: () => Promise<boolean>, into: Use[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const at = performance.now();
    into.push({ at, isTaken: await use() });
    await delay(20);
  }
}

async function useToken(url: string, cluster: string, purpose: string, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response =
    purpose === 'webhook'
      ? await fetch(`${url}/api/v1/alerts/webhook`, { method: 'POST', headers, body: BODY })
      : await fetch(`${url}/api/v1/configs?cluster_id=${cluster}&type=prometheus-rules`, { headers });
  await response.arrayBuffer();
  return response.status !== 401;
}

async function revoke(stand: Stand, cluster: string, token: string): Promise<void> {
  const { status } = await stand.call('DELETE', `/clusters/${cluster}/tokens/${token}`);
  if (status !== 204) throw new Error(`the token was not revoked: ${status}`);
}
