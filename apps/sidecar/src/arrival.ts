import type { Backoff } from './backoff';
import type { BringUpOutcome } from './bring-up';
import { ExchangeFailed } from './http-exchange';
import type { ConfigContent, Target } from './target';

/** How long a file may be on its way to the target. */
export interface ArrivalOptions {
  /** Time in ms after which it must have arrived; 0 = the target sees what was written at once. */
  windowMs: number;
  /** Pauses between reloads while it is on its way. */
  pauses: Backoff;
  now: () => number;
}

/**
 * Judges reloads of a file that reaches the target some time after it was handed over: a shared directory behind a
 * cache, or a ConfigMap that the kubelet copies. Nothing tells when it arrives but the target itself, so a reload
 * that shows the old content is no verdict: it becomes `pending`, and is asked again, until the target shows the new
 * one or the time is up.
 */
export class Arrival {
  private handedAt: number;
  /** Before the hand-over the target was proven to run the file it had: a refusal must be about the new one. */
  private wasRunning = false;
  /** The target has shown something else than the new content since the hand-over: what it shows now is the new one. */
  private sawOther = false;
  private nextAt = 0;

  constructor(private readonly options: ArrivalOptions) {
    this.handedAt = options.now();
  }

  /** Whether a file is at the target the moment it is written, so that the first reload is the verdict. */
  get isImmediate(): boolean {
    return this.options.windowMs === 0;
  }

  /** When the next reload is due, by the same clock as `now`; 0 = whenever somebody looks. */
  get dueAt(): number {
    return this.nextAt;
  }

  /** The target could not be asked: puts the next reload off, and answers until when (0 = not at all). */
  later(): number {
    if (!this.isImmediate) this.nextAt = this.options.now() + this.options.pauses.next();
    return this.nextAt;
  }

  /**
   * New content was put in place of what the target was proven to run, or had refused. After a proof a refusal is
   * about the new file; after a refusal it may still be about the old one, and an acceptance is about the new one.
   */
  handedOver(before: 'proven' | 'refused' | 'unknown'): void {
    this.handedAt = this.options.now();
    this.wasRunning = before === 'proven';
    this.sawOther = before === 'refused';
    this.nextAt = 0;
    this.options.pauses.reset();
  }

  /** Only a reload changes what a target shows: if that is something else before one, what equals it later is new. */
  async lookBefore(target: Target, content: ConfigContent): Promise<void> {
    if (this.sawOther) return;
    const proof = await target.prove(content, null).catch((error: unknown) => {
      if (error instanceof ExchangeFailed) return null;
      throw error;
    });
    this.sawOther = proof?.loaded === false;
  }

  /** What an outcome means. `isExact`: the target's proof is about bytes, not about rules that two files can share. */
  judge(outcome: BringUpOutcome, isExact: boolean): BringUpOutcome {
    if (this.isImmediate) return outcome;
    const now = this.options.now();
    this.later();
    const closesAt = this.handedAt + this.options.windowMs;
    const isOver = now >= closesAt;
    if (outcome.kind === 'pending' || isOver) return outcome;
    if (outcome.kind === 'loaded') {
      if (isExact || this.sawOther) return outcome;
      this.nextAt = closesAt;
      return { kind: 'pending', reason: 'the target showed these rules before; the file may still be on its way' };
    }
    if (outcome.kind === 'refused' && this.wasRunning) return outcome;
    // A reload that hung has shown nothing; other rules are seen by the look before the next one.
    this.sawOther ||= outcome.kind === 'refused';
    return { kind: 'pending', reason: `the file may still be on its way to the target: ${outcome.reason}` };
  }
}
