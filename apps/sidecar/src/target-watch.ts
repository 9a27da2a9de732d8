import type { ConfigFile } from './config-file';
import { errorText } from './error-code';
import type { ForeignChanges } from './foreign-changes';
import { Stopped } from './http-exchange';
import type { Log } from './json-log';
import { Nudge } from './nudge';
import type { Progress } from './progress';
import type { Reporter } from './reporter';
import type { RevisionApplier } from './revision-applier';
import type { Target } from './target';
import type { Turn } from './turn';

/** First and longest pause between looks while rules wait for their first evaluation, in ms. */
const FIRST_LOOK_MS = 100;
const LAST_LOOK_MS = 2_000;

/** Said as the reason of the state `failed`, so that it is found by its first word. */
const CONFLICT =
  'conflict: somebody else changes the file back again and again. It is not written until the other one has left it alone for ' +
  'ten sync intervals, or this sidecar is started anew: let only one of the two keep it';

/** What the watch works with. */
export interface WatchParts {
  file: ConfigFile;
  target: Target;
  applier: RevisionApplier;
  progress: Progress;
  reporter: Reporter;
  turn: Turn;
  foreignChanges: ForeignChanges;
  syncIntervalMs: number;
  /** Asks for a missing webhook token; does nothing for Prometheus. */
  ensureWebhookToken: () => Promise<void>;
  log: Log;
}

/**
 * Looks after file and target every sync interval, with or without AlertAgent: repairs a file that somebody changed,
 * notices a target that restarted or runs something else, and sends the heartbeat. In between it follows rules that
 * were loaded until they are evaluated, and a file on its way until the target shows it.
 */
export class TargetWatch {
  private lastTrouble = '';
  private readonly nudge = new Nudge();

  constructor(private readonly parts: WatchParts) {}

  /** Something changed: if rules now wait for their first evaluation, following them starts at once. */
  changed(): void {
    const { applier } = this.parts;
    if (applier.awaitsEvaluation || applier.arrivalDueAt !== null) this.nudge.poke();
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let heartbeatAt = 0;
    let looks = 0;
    while (!signal.aborted) {
      const isHeartbeat = performance.now() >= heartbeatAt;
      if (isHeartbeat) heartbeatAt = performance.now() + this.parts.syncIntervalMs * (0.9 + Math.random() * 0.1);
      await this.parts.turn
        .take(() => (isHeartbeat ? this.beat() : this.follow()))
        .catch((error: unknown) => this.troubled(error, isHeartbeat));
      looks = this.parts.applier.awaitsEvaluation ? looks + 1 : 0;
      const untilHeartbeat = Math.max(0, heartbeatAt - performance.now());
      const untilLook = looks === 0 ? untilHeartbeat : Math.min(LAST_LOOK_MS, FIRST_LOOK_MS * 1.5 ** (looks - 1));
      const untilArrival = Math.max(FIRST_LOOK_MS, (this.parts.applier.arrivalDueAt ?? Infinity) - performance.now());
      await this.nudge.wait(Math.min(untilHeartbeat, untilLook, untilArrival), signal);
    }
  }

  /** One heartbeat: file, target, report. */
  async beat(): Promise<void> {
    const { file, target, applier, progress, reporter } = this.parts;
    await this.parts.ensureWebhookToken();
    progress.diskHash = await file.hash();
    await this.tend();
    progress.target = await target.health();
    if (progress.conflict === null) await applier.look();
    else await applier.observe();
    progress.trouble = null;
    reporter.heartbeat();
    this.lastTrouble = '';
  }

  /** Repairs the file, unless somebody else has made it his own. */
  private async tend(): Promise<void> {
    const { file, applier, progress, foreignChanges, log } = this.parts;
    const { onDisk } = file.state;
    if (onDisk === null || progress.diskHash === onDisk.hash) foreignChanges.ours();
    else if (foreignChanges.seen(progress.diskHash) === 'repair') await applier.repair();
    if (foreignChanges.isConflict === (progress.conflict !== null)) return;
    progress.conflict = foreignChanges.isConflict ? CONFLICT : null;
    if (foreignChanges.isConflict) log('error', CONFLICT, { path: file.path });
    else log('info', 'the conflict is over; the file is kept again', { path: file.path });
    applier.refetchAt = foreignChanges.isConflict ? null : 0;
  }

  private async follow(): Promise<void> {
    const { applier } = this.parts;
    const isDue = applier.arrivalDueAt !== null && performance.now() >= applier.arrivalDueAt;
    if (applier.awaitsEvaluation || isDue) await applier.look();
  }

  /** Disk errors and the like: said once in the log, told by each heartbeat, tried again at the next. */
  private troubled(error: unknown, isHeartbeat: boolean): void {
    if (error instanceof Stopped) return;
    const text = errorText(error);
    if (text !== this.lastTrouble) this.parts.log('error', 'file or target could not be looked after', { error: text });
    this.lastTrouble = text;
    this.parts.progress.trouble = text;
    if (isHeartbeat) this.parts.reporter.heartbeat();
  }
}
