import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../invariants';
import type { WebhookRange } from '../ledger';
import { settled } from '../quiescence';
import type { FaultRow, RowContext, RowResult } from '../row';
import { senderTo } from '../sender-to';
import type { Sender } from '../sender';
import type { Stand } from '../stand';
import type { SupervisedService } from '../supervised-service';
import { storedAlerts } from '../stored-alerts';
import { ledgerId } from '../webhook-text';

const WEBHOOKS_PER_ROUND = 20;
const ALERTS_PER_WEBHOOK = 50;

/** A process dies between the commit and its answer: what it stored must be there once, however often it is sent again. */
export const killedAfterCommit: FaultRow = {
  id: 'F02',
  title: 'gateway: kill -9 exactly between commit and 2xx',
  bar: '10,000 of 10,000 alerts stored once after they were sent again',
  sabotages: { 'ack-before-commit': 'a process that died before its answer has answered' },
  run: (context) => run(context, 'after_commit'),
};

/** A process dies right before the commit: nothing may be there until it is sent again. */
export const killedBeforeCommit: FaultRow = {
  id: 'F03',
  title: 'gateway: kill -9 right before the commit',
  bar: 'nothing stored, nothing acknowledged; 10,000 of 10,000 alerts stored once after they were sent again',
  sabotages: { 'ack-before-commit': 'alerts are acknowledged that are not stored' },
  run: (context) => run(context, 'before_commit'),
};

async function run(context: RowContext, moment: 'after_commit' | 'before_commit'): Promise<RowResult> {
  const { alerts = 10_000 } = context.options;
  const stand = await context.stand();
  const doomed = await stand.addGateway({ ALERTAGENT_FAILPOINT: `${moment}:kill` });
  doomed.hold();
  const sender = senderTo(stand, context, 'alert', { repeated: 0 });
  const problems: string[] = [];
  let stored = 0;
  const rounds = Math.ceil(alerts / (WEBHOOKS_PER_ROUND * ALERTS_PER_WEBHOOK));
  for (let round = 0; round < rounds; round += 1) {
    const ranges = rangesOf(sender);
    problems.push(...(await dieWith(sender, doomed, ranges)));
    const before = await storedOf(stand, sender, ranges);
    stored += before;
    if (moment === 'before_commit' && before > 0)
      problems.push(`${before} alerts stored although nothing was committed`);
    if (moment === 'after_commit' && before === 0) problems.push('nothing stored although it was committed');
    await sendAgain(sender, stand, ranges);
    context.log(`${round + 1} of ${rounds} rounds, ${before} alerts were stored by the process that died`);
  }
  doomed.hold();
  const findings = await checkInvariants(stand, { senders: [sender] });
  if (findings.figures['ok'] !== findings.figures['attempted'])
    problems.push('not all alerts were accepted in the end');
  return {
    figures: { ...findings.figures, deaths: rounds, stored_by_the_dead: stored },
    problems: [...new Set([...problems, ...findings.problems])],
  };
}

function rangesOf(sender: Sender): WebhookRange[] {
  const from = sender.sentAlerts;
  return Array.from({ length: WEBHOOKS_PER_ROUND }, (_, index) => ({
    from: from + index * ALERTS_PER_WEBHOOK,
    count: ALERTS_PER_WEBHOOK,
    status: 'firing',
  }));
}

/** Starts the gateway with the failpoint, delivers to it until it is dead. */
async function dieWith(sender: Sender, doomed: SupervisedService, ranges: readonly WebhookRange[]): Promise<string[]> {
  doomed.release();
  await doomed.whenReady();
  doomed.hold();
  const url = `${doomed.url}/api/v1/alerts/webhook`;
  const answers = await Promise.all(ranges.map((range) => sender.deliver(range, url)));
  await pollUntil(() => !doomed.isRunning, { what: 'the gateway to end itself at its failpoint' });
  const given = answers.filter(({ outcome }) => outcome === 'ok').length;
  return given === 0 ? [] : [`a gateway that died before its answer acknowledged webhooks`];
}

async function storedOf({ database }: Stand, sender: Sender, ranges: readonly WebhookRange[]): Promise<number> {
  await settled(database);
  const { prefix } = sender.style;
  const ids = ranges.flatMap(({ from, count }) =>
    Array.from({ length: count }, (_, index) => ledgerId(prefix, from + index)),
  );
  const wanted = new Set<string | null>(ids);
  return (await storedAlerts(database, prefix)).filter(({ ledger_id }) => wanted.has(ledger_id)).length;
}

/** As an Alertmanager does; twice, because its peer may do the same. */
async function sendAgain(sender: Sender, stand: Stand, ranges: readonly WebhookRange[]): Promise<void> {
  const url = `${stand.gateway.url}/api/v1/alerts/webhook`;
  for (const range of [...ranges, ...ranges]) await sender.deliver(range, url);
}
