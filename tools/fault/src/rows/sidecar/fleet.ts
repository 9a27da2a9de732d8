import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { FLEET_FAULTS, type FleetFault } from '../../fleet/fleet-faults';
import { Fleet } from '../../fleet/fleet';
import { INTERVAL_MS, type FleetMember } from '../../fleet/fleet-member';
import { LiveReader } from '../../fleet/live-reader';
import { atMost } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow, RowContext } from '../../row';

/** Two intervals, the attempt that was under way and the next one (2 s each at most), and an evaluation (1 s). */
const REPAIR_MS = 2 * INTERVAL_MS + 5_000;
/** After this long without all of them live, the run is given up. */
const GIVEN_UP_MS = 45_000;
/** In how many of a hundred runs something is wrong with a second member too. */
const SECOND_PERCENT = 30;

/** So many changes before the first fault, and one after each round of faults, tell how long a change takes on this machine. */
const UNDISTURBED = 3;
/** How long a fault goes on once everybody else has the change. */
const LASTS_MS = 1_500;

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
    'never is live said of a member that, asked directly, lacks that exact rule; two intervals after the repair (and the time of two ' +
    'reloads, an evaluation and an undisturbed change) all are live and are said to be; the others have the change meanwhile; 0 bad instants',
  sabotages: {
    'trust-reload': 'a rule that a target lacks is called live',
    'trust-download': 'altered files are applied',
    'write-in-place': 'half written files are seen',
  },
  run: async (context) => {
    const { n: runs = 24 } = context.options;
    const fleet = await Fleet.start(context);
    let doing = 'before the first run';
    const reader = new LiveReader(fleet, (lie) => context.log(`${lie} (${doing})`));
    context.later(() => reader.stop());
    reader.start();
    const settledMs: Record<string, number[]> = {};
    const undisturbedMs: number[] = [];
    const problems: string[] = [];
    let changes = 0;
    const undisturbed = async (): Promise<void> => {
      await fleet.change((changes += 1));
      undisturbedMs.push(await liveAt(reader, fleet.members));
    };
    for (let time = 0; time < UNDISTURBED; time += 1) await undisturbed();
    for (let run = 1; run <= runs; run += 1) {
      const troubles = troublesOf(run, context, fleet);
      const names = troubles.map(({ fault, member }) => `${fault.name} at ${member.name}`).join(', ');
      doing = `run ${run}: ${names}`;
      for (const { fault, member } of troubles) await fault.begin(member, context.random);
      await fleet.change((changes += 1));
      const spared = fleet.members.filter((member) => !troubles.some((trouble) => trouble.member === member));
      try {
        await liveAt(reader, spared);
        await delay(context.random.between(0, LASTS_MS));
        for (const { fault, member } of troubles) await fault.lift(member);
        const ms = await liveAt(reader, fleet.members);
        for (const { fault } of troubles) (settledMs[fault.name] ??= []).push(ms);
      } catch (error) {
        problems.push(`${doing}: ${error instanceof Error ? error.message : String(error)}`);
        break;
      }
      if (run % FLEET_FAULTS.length === 0) {
        doing = `after run ${run}`;
        await undisturbed();
        context.log(`${run} of ${runs} runs, ${reader.checked} claims looked after, ${reader.lies.length} false`);
      }
      if (reader.lies.length > 10) break;
    }
    await reader.stop();
    const { looks, bad } = await fleet.badInstants();
    const all = Object.values(settledMs).flat();
    const limitMs = REPAIR_MS + Math.max(...undisturbedMs);
    return {
      figures: {
        runs,
        faults: all.length,
        kinds: Object.keys(settledMs).length,
        claims_looked_after: reader.checked,
        false_claims: reader.lies.length,
        looks_at_files: looks,
        bad_instants: bad.length,
        undisturbed_p50_ms: Math.round(percentile(undisturbedMs, 0.5)),
        undisturbed_max_ms: Math.round(Math.max(...undisturbedMs)),
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
        ...Object.entries(settledMs).flatMap(([name, ms]) => atMost(`ms after ${name}`, Math.max(...ms), limitMs)),
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

/** Milliseconds until these members are live and said to be. Errors: not in time; who is late. */
async function liveAt(reader: LiveReader, members: readonly FleetMember[]): Promise<number> {
  const began = performance.now();
  let late: string[] = [];
  await pollUntil(
    async () => {
      late = await reader.notLive(members);
      return late.length === 0;
    },
    { what: 'the members to be live', timeoutMs: GIVEN_UP_MS, intervalMs: 40 },
  ).catch(() => {
    throw new Error(`not live after ${GIVEN_UP_MS} ms: ${late.join(', ')}`);
  });
  return performance.now() - began;
}
