import { setTimeout as delay } from 'node:timers/promises';
import type { ToldTarget } from '../sidecars/changed-rule';
import type { Fleet } from './fleet';
import { INTERVAL_MS, type FleetMember } from './fleet-member';

/** Between two rounds of reading, in milliseconds. */
const EVERY_MS = 40;
/** How long AlertAgent may go on saying live of what a target had and lost: two intervals, two timeouts of 2 s, and a busy machine. */
const NOTICED_MS = 2 * INTERVAL_MS + 5_000;

/** Since when a target lacks what it had. */
interface Loss {
  what: string;
  since: number;
}

/**
 * Reads, beside AlertAgent and without its sidecars, what every target runs, each time right after AlertAgent said `live` of it.
 * What a target never had must never be called live; what it lost may be so until its sidecar has noticed.
 */
export class LiveReader {
  readonly lies: string[] = [];
  /** How often something was called live and looked after. */
  checked = 0;
  /** Per member, what of the newest it was seen to run. */
  private readonly seen = new Map<string, string>();
  private readonly losses = new Map<string, Loss>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;

  /** @param tell told each lie at once */
  constructor(
    private readonly fleet: Fleet,
    private readonly tell: (lie: string) => void,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Those of the members that AlertAgent does not call live, or that do not run it; empty when all is said and so. */
  async notLive(members: readonly FleetMember[]): Promise<string[]> {
    const { rule } = this.fleet;
    const told = await rule.distribution();
    const late: string[] = [];
    for (const member of members.filter(({ kind }) => kind !== 'alertmanager')) {
      const isLive = liveMembers(told, rule.version).has(member.name);
      if (!isLive || !(await member.shows(rule))) late.push(member.name);
    }
    return [...late, ...(await this.fleet.notInSync(members))];
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.readRules();
      await this.readAlertmanagers();
      await delay(EVERY_MS);
    }
  }

  private async readRules(): Promise<void> {
    const { rule, members } = this.fleet;
    const { version, expression, name } = rule;
    const live = liveMembers(await rule.distribution(), version);
    // Changed in between: what was said is about another version.
    if (rule.version !== version) return;
    const said = members.filter((member) => live.has(member.name));
    const shown = await Promise.all(said.map((member) => member.shows({ name, version, expression })));
    if (rule.version !== version) return;
    for (const [index, member] of said.entries())
      this.judge(member, `version ${version} of the rule`, shown[index] ?? null);
  }

  private async readAlertmanagers(): Promise<void> {
    const told = await this.fleet.syncs();
    for (const member of this.fleet.members.filter(({ kind }) => kind === 'alertmanager')) {
      const sync = told.get(member.name);
      if (sync?.state !== 'live' || sync.loaded_hash === null) continue;
      this.judge(member, `the file ${sync.loaded_hash.slice(0, 8)}`, await member.runs(sync.loaded_hash));
    }
  }

  /** `has` is null when the target did not answer: what it never was seen to have it may have had, and lost. */
  private judge({ name }: FleetMember, what: string, has: boolean | null): void {
    this.checked += 1;
    if (has) {
      this.seen.set(name, what);
      this.losses.delete(name);
      return;
    }
    const now = performance.now();
    if (has === false && this.seen.get(name) !== what) {
      this.lie(`${name}: ${what} is called live and was never there`);
      // Once is enough.
      this.seen.set(name, what);
      return;
    }
    const loss = this.losses.get(name);
    if (loss?.what !== what) this.losses.set(name, { what, since: now });
    else if (now - loss.since > NOTICED_MS) {
      this.lie(`${name}: ${what} is still called live ${Math.round(now - loss.since)} ms after it was gone`);
      this.losses.delete(name);
    }
  }

  private lie(text: string): void {
    this.lies.push(text);
    this.tell(text);
  }
}

/** Names of the members that are called live at this version; of a target that is, all of them. */
function liveMembers(told: readonly ToldTarget[], version: number): Set<string> {
  const names = told
    .filter((target) => target.version === version)
    .flatMap(({ status, members }) => members.filter((member) => status === 'live' || member.status === 'live'));
  return new Set(names.map(({ name }) => name));
}
