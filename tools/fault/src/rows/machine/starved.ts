import { setTimeout as delay } from 'node:timers/promises';
import type { GuardedCommand } from '@alertagent/local-stack';
import { LimitedGroup, limitOpenFiles, openFiles } from '../../injectors/limits';
import { checkInvariants } from '../../invariants';
import { atMost, onlyAnswers } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow } from '../../row';
import { senderTo } from '../../sender-to';

const MEMORY_BYTES = 256 * 1_048_576;
/** Webhooks per second; with eleven alerts each they are the rated thousand. */
const RATED = 95;
const FILES = 64;
const BACK_WITHIN_MS = 5_000;

/** The gateway gets a tenth of a core. */
export const starvedOfCpu: FaultRow = {
  id: 'F76',
  title: 'machine: gateway limited to 10 % of a core',
  bar: 'slow, but 0/0/0, and everything processed once the limit is gone',
  run: async (context) => {
    const { seconds = 12 } = context.options;
    const stand = await context.stand();
    const sender = senderTo(stand, context, 'cpu');
    const group = await LimitedGroup.create({ cpu: 0.1 });
    context.later(() => group.close());
    await group.add(stand.gateway.pid);
    await sender.sendByClock(10, seconds);
    const slowP99 = percentile(sender.acceptedMs, 0.99);
    const accepted = sender.acceptedMs.length;
    await group.setCpu(2);
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    const lives = stand.gateway.lives.length;
    return {
      figures: { ...figures, accepted_while_starved: accepted, ack_p99_while_starved_ms: Math.round(slowP99) },
      problems: [
        ...problems,
        ...(lives === 1 ? [] : ['the gateway ended']),
        ...(accepted > 0 ? [] : ['nothing was accepted at all']),
      ],
    };
  },
};

/** The gateway may use 256 MB. */
export const starvedOfMemory: FaultRow = {
  id: 'F77',
  title: 'machine: gateway limited to 256 MB from its first byte, at the rated 1,000 alerts/s',
  bar: '0 OOM kills, every webhook accepted; 0/0/0',
  run: async (context) => {
    const { seconds = 15 } = context.options;
    const group = await LimitedGroup.create({ memoryBytes: MEMORY_BYTES });
    const stand = await context.stand({
      launch: (service, _index, command) => (service === 'gateway' ? inside(group, command) : command),
    });
    const sender = senderTo(stand, context, 'memory');
    await sender.sendByClock(RATED, seconds);
    const kills = await group.oomKills();
    const peak = await group.peakBytes();
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    await Promise.all(stand.services.map((service) => service.stop()));
    await group.close();
    return {
      figures: { ...figures, oom_kills: kills, peak_mb: Math.round(peak / 1_048_576) },
      problems: [...problems, ...onlyAnswers(sender, ['202']), ...atMost('OOM kills', kills, 0)],
    };
  },
};

/** The gateway may open no more files and sockets. */
export const starvedOfFiles: FaultRow = {
  id: 'F78',
  title: 'machine: gateway limited to 64 open files under 150 connections',
  bar: 'refused or 503, no crash; 2xx again within 5 s of the limit being lifted; 0/0/0',
  run: async (context) => {
    const stand = await context.stand();
    const { gateway } = stand;
    const sender = senderTo(stand, context, 'files', { workers: 150, timeoutMs: 3_000 });
    await sender.send(100);
    await limitOpenFiles(gateway.pid, FILES);
    await sender.send(6_000);
    const open = await openFiles(gateway.pid);
    const lives = gateway.lives.length;
    await limitOpenFiles(gateway.pid, 4_096);
    const began = performance.now();
    while ((await sender.deliver(sender.nextRange(Infinity))).outcome !== 'ok' && performance.now() - began < 20_000)
      await delay(25);
    const backMs = performance.now() - began;
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    return {
      figures: {
        ...figures,
        open_files_at_the_limit: open,
        back_ms: Math.round(backMs),
        answers: JSON.stringify([...sender.answers]),
      },
      problems: [
        ...problems,
        ...(lives === 1 && gateway.lives.length === 1 ? [] : ['the gateway ended']),
        ...atMost('ms until webhooks were taken again', backMs, BACK_WITHIN_MS),
      ],
    };
  },
};

function inside(group: LimitedGroup, command: GuardedCommand): GuardedCommand {
  const [file = '', ...args] = group.starter;
  return { ...command, file, args: [...args, command.file, ...command.args] };
}
