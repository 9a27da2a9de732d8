import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { FLEET_FAULTS, type FleetFault } from '../../fleet/fleet-faults';
import { Fleet } from '../../fleet/fleet';
import { INTERVAL_MS, type FleetMember } from '../../fleet/fleet-member';
import { LiveReader } from '../../fleet/live-reader';
import { atMost } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow, RowContext } from '../../row';

/** Two intervals, the attempt that was under way and the next one (2 s each at most), an evaluation (1 s), and a busy machine. */
const SETTLED_MS = 2 * INTERVAL_MS + 6_000;
/** After this long without all of them live, the run is given up. */
const GIVEN_UP_MS = 45_000;
/** In how many of a hundred runs something is wrong with a second member too. */
const SECOND_PERCENT = 30;

/** Something that is wrong with a member in one run. */
interface Trouble {
  fault: FleetFault;
  member: FleetMember;
}

/** Twelve kinds of fault at real targets, in random order, while rules and configurations change. */
export const provenLive: FaultRow = {
  id: 'D01',
  title:
    'fleet: three Prometheis, two Alertmanagers and a vmalert; in each run one or two of them suffer one of twelve kinds of fault while ' +
    'a rule and the Alertmanagers’ configuration are changed (24 runs unless told by --n; 200 is full size)',
  bar:
    'never is live said of a member that, asked directly, lacks that exact rule; two intervals after the repair ' +
    '(and the time of two reloads and an evaluation) all are live and are said to be; 0 bad instants',
  sabotages: {
    'trust-reload': 'a rule that a target lacks is called live',
    'trust-download': 'altered files are applied',
    'write-in-place': 'half written files are seen',
  },
  run: async (context) => {
    const { n: runs = 24 } = context.options;
    const fleet = await Fleet.start(context);
    const reader = new LiveReader(fleet);
    context.later(() => reader.stop());
    reader.start();
    const settledMs: Record<string, number[]> = {};
    const problems: string[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const troubles = troublesOf(run, context, fleet);
      const names = troubles.map(({ fault, member }) => `${fault.name} at ${member.name}`).join(', ');
      for (const { fault, member } of troubles) await fault.begin(member, context.random);
      await fleet.change(run);
      await delay(context.random.between(200, 1_800));
      for (const { fault, member } of troubles) await fault.lift(member);
      const ms = await settled(reader).catch((error: unknown) => {
        problems.push(`run ${run} (${names}): ${error instanceof Error ? error.message : String(error)}`);
        return GIVEN_UP_MS;
      });
      for (const { fault } of troubles) (settledMs[fault.name] ??= []).push(ms);
      if (ms > SETTLED_MS) context.log(`run ${run} (${names}) took ${Math.round(ms)} ms`);
      if (run % 10 === 0) context.log(`${run} of ${runs} runs, ${reader.checked} claims looked after`);
      if (problems.length + reader.lies.length > 10) break;
    }
    await reader.stop();
    const { looks, bad } = await fleet.badInstants();
    const all = Object.values(settledMs).flat();
    return {
      figures: {
        runs,
        faults: all.length,
        kinds: Object.keys(settledMs).length,
        claims_looked_after: reader.checked,
        false_claims: reader.lies.length,
        looks_at_files: looks,
        bad_instants: bad.length,
        settled_p50_ms: Math.round(percentile(all, 0.5)),
        settled_p95_ms: Math.round(percentile(all, 0.95)),
        ...Object.fromEntries(
          Object.entries(settledMs).map(([name, ms]) => [`${name}_settled_max_ms`, Math.round(Math.max(...ms))]),
        ),
      },
      problems: [
        ...problems,
        ...reader.lies,
        ...bad.slice(0, 5),
        ...Object.entries(settledMs).flatMap(([name, ms]) => atMost(`ms after ${name}`, Math.max(...ms), SETTLED_MS)),
      ],
    };
  },
};

/** Each kind comes as often as the others; who suffers it, and whether somebody else does too, is random. */
function troublesOf(run: number, { random }: RowContext, fleet: Fleet): Trouble[] {
  const first = troubleOf(FLEET_FAULTS[run % FLEET_FAULTS.length], random.shuffled(fleet.members));
  if (!random.chance(SECOND_PERCENT / 100)) return [first];
  const others = random.shuffled(fleet.members.filter((member) => member !== first.member));
  return [first, troubleOf(random.pick(FLEET_FAULTS), others)];
}

function troubleOf(fault: FleetFault | undefined, members: readonly FleetMember[]): Trouble {
  const member = members.find(({ kind }) => fault?.kinds?.includes(kind) ?? true);
  if (!fault || !member) throw new Error('nobody can suffer this fault');
  return { fault, member };
}

/** Milliseconds until all of them are live and said to be. Errors: not in time; who is late. */
async function settled(reader: LiveReader): Promise<number> {
  const began = performance.now();
  let late: string[] = [];
  await pollUntil(
    async () => {
      late = await reader.notLive();
      return late.length === 0;
    },
    { what: 'all to be live', timeoutMs: GIVEN_UP_MS, intervalMs: 40 },
  ).catch(() => {
    throw new Error(`not live again: ${late.join(', ')}`);
  });
  return performance.now() - began;
}
