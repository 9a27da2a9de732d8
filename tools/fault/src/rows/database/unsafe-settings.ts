import { pollUntil } from '@alertagent/local-stack';
import { asAdmin } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import type { Stand } from '../../stand';

const NOTICED_WITHIN_MS = 20_000;

interface Case {
  name: string;
  /** Makes the server unsafe. */
  spoil: readonly string[];
  /** What the service must say. */
  says: RegExp;
  /** Makes it safe again. */
  mend: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'commits may be lost',
    spoil: ['SET GLOBAL innodb_flush_log_at_trx_commit = 0'],
    says: /innodb_flush_log_at_trx_commit is 0/,
    mend: ['SET GLOBAL innodb_flush_log_at_trx_commit = 1'],
  },
  {
    name: 'latin1 database with tables',
    spoil: ['CREATE TABLE theirs (id INT)', 'ALTER DATABASE alertagent CHARACTER SET latin1 COLLATE latin1_swedish_ci'],
    says: /character set is latin1/,
    mend: ['ALTER DATABASE alertagent CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'],
  },
];

/** The server is configured so that it could lose or spoil what it acknowledges. */
export const databaseUnsafe: FaultRow = {
  id: 'F27',
  title: 'database: wrong durability or character set, at the start and while running',
  bar: 'never ready, the reason and the cure in the log; ready once it is put right; noticed while running within 20 s',
  sabotages: { 'unchecked-settings': 'it gets ready on a server that loses commits' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const figures: RowResult['figures'] = {};
  const problems: string[] = [];
  for (const [index, unsafe] of CASES.entries()) problems.push(...(await atStart(context, unsafe, index, figures)));
  problems.push(...(await whileRunning(context, figures)));
  return { figures, problems };
}

async function atStart(
  context: RowContext,
  unsafe: Case,
  index: number,
  figures: RowResult['figures'],
): Promise<string[]> {
  const stand = await context.stand({
    waitUntilReady: false,
    beforeServices: (prepared) => asAdmin(prepared, ...unsafe.spoil),
  });
  const { gateway } = stand;
  await pollUntil(() => gateway.lives.filter(({ endedAt }) => endedAt !== null).length >= 2, {
    what: 'the gateway to refuse twice',
    timeoutMs: 30_000,
  });
  const problems: string[] = [];
  const text = gateway.trouble.map((line) => line.text).join('\n');
  if (gateway.lives.some(({ readyAt }) => readyAt !== null)) problems.push(`${unsafe.name}: it said that it is ready`);
  if (!unsafe.says.test(text)) problems.push(`${unsafe.name}: the log does not say why: ${text.slice(0, 300)}`);
  if (!/Fix: (SET GLOBAL|ALTER DATABASE)/.test(text)) problems.push(`${unsafe.name}: the log does not say what to do`);
  await asAdmin(stand, ...unsafe.mend);
  const began = performance.now();
  await gateway.whenReady(30_000);
  figures[`case_${index + 1}_ready_after_cure_ms`] = Math.round(performance.now() - began);
  for (const service of stand.services) await service.stop();
  return problems;
}

async function whileRunning(context: RowContext, figures: RowResult['figures']): Promise<string[]> {
  const stand = await context.stand();
  await asAdmin(stand, 'SET GLOBAL innodb_flush_log_at_trx_commit = 0');
  const began = performance.now();
  const reason = await readyReason(stand, (text) => text.includes('innodb_flush_log_at_trx_commit is 0'));
  figures['noticed_ms'] = Math.round(performance.now() - began);
  await asAdmin(stand, 'SET GLOBAL innodb_flush_log_at_trx_commit = 1');
  const mended = performance.now();
  await stand.gateway.whenReady(30_000);
  figures['ready_again_ms'] = Math.round(performance.now() - mended);
  return reason ? [] : ['while running: readiness never named the setting'];
}

/** What /ready says, once it fits. */
async function readyReason(stand: Stand, fits: (text: string) => boolean): Promise<string | null> {
  return pollUntil(
    async () => {
      const response = await fetch(`${stand.gateway.opsUrl}/ready`);
      const text = await response.text();
      return response.status === 503 && fits(text) ? text : null;
    },
    { what: 'a reason', timeoutMs: NOTICED_WITHIN_MS },
  ).catch(() => null);
}
