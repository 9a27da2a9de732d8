import { pollUntil } from '@alertagent/local-stack';
import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { asAdmin, asAppUser, atMost, createAppUser } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';

const BACK_WITHIN_MS = 2_000;

/** The database takes no changes, as while another server takes over from it. */
export const databaseReadOnly: FaultRow = {
  id: 'F24',
  title: 'database: read-only server',
  bar: 'webhooks 503 with read_only, sidecars keep their 200 and 304; 2xx within 2 s afterwards; 0/0/0',
  sabotages: { 'no-read-only': 'the refusal is an internal error' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const stand = await context.stand({
    services: ['rules', 'clusters', 'config'],
    beforeServices: createAppUser,
    launch: (_service, _index, command) => ({
      ...command,
      env: { ...command.env, ALERTAGENT_DATABASE_URL: asAppUser(command.env?.['ALERTAGENT_DATABASE_URL']) },
    }),
  });
  const pull = await publishedConfiguration(stand);
  const sender = senderTo(stand, context, 'readonly');
  await sender.send(200);
  await asAdmin(stand, 'SET GLOBAL read_only = 1');
  const [problems, statuses]: [string[], number[]] = [[], []];
  for (let count = 0; count < 5; count += 1) {
    const { status } = await sender.deliver(sender.nextRange(Infinity));
    if (status !== 503) problems.push(`a webhook was answered ${status}, not 503`);
    for (const [wanted, etag] of [
      [200, undefined],
      [304, 'known'],
    ] as const) {
      const got = await pull(etag !== undefined);
      statuses.push(got);
      if (got !== wanted) problems.push(`a sidecar was answered ${got}, not ${wanted}`);
    }
    await delay(700);
  }
  const reason = await refusal(stand);
  if (!reason.includes('read_only')) problems.push(`the refusal does not say read_only: ${reason}`);
  await asAdmin(stand, 'SET GLOBAL read_only = 0');
  const began = performance.now();
  while ((await sender.deliver(sender.nextRange(Infinity))).status !== 202 && performance.now() - began < 10_000)
    await delay(20);
  const backMs = performance.now() - began;
  const found = await checkInvariants(stand, { senders: [sender] });
  return {
    figures: { ...found.figures, sidecar_answers: statuses.join(' '), back_ms: Math.round(backMs) },
    problems: [...found.problems, ...problems, ...atMost('ms until webhooks were taken again', backMs, BACK_WITHIN_MS)],
  };
}

/** Has a rule published for a cluster, and returns how its sidecar pulls it: with or without the tag it knows. */
async function publishedConfiguration(stand: Stand): Promise<(withTag: boolean) => Promise<number>> {
  const { id, tokens } = created(
    await stand.call<{ id: string; tokens: { sync: string } }>('POST', '/clusters', {
      name: 'pulling',
      labels: { environment: 'test' },
    }),
  );
  created(
    await stand.call('POST', '/rules', {
      name: 'Pulled',
      expression: 'up == 0',
      severity: 'critical',
      targets: [{ labels: { environment: 'test' } }],
    }),
  );
  const url = `${stand.gateway.url}/api/v1/configs?cluster_id=${id}&type=prometheus-rules`;
  let tag = '';
  const pull = async (withTag: boolean): Promise<number> => {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${tokens.sync}`, ...(withTag ? { 'if-none-match': tag } : {}) },
      signal: AbortSignal.timeout(10_000),
    });
    const body = await response.text();
    if (response.status === 200 && body.includes('Pulled')) tag = response.headers.get('etag') ?? '';
    return response.status;
  };
  await pollUntil(async () => (await pull(false)) === 200 && tag !== '', {
    what: 'the rule to be served',
    timeoutMs: 30_000,
  });
  return pull;
}

function created<T>({ status, body }: { status: number; body: T }): T {
  if (status !== 201) throw new Error(`could not prepare the row: ${status} ${JSON.stringify(body)}`);
  return body;
}

async function refusal(stand: Stand): Promise<string> {
  const response = await fetch(stand.webhookUrls[0] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stand.cluster.token}` },
    body: JSON.stringify({ version: '4', status: 'firing', receiver: 'x', groupKey: 'x', alerts: [] }),
  });
  return response.text();
}
