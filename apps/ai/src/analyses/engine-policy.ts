import { AlertAgentConfig } from '@alertagent/service-kit';
import type { DeadLetterKind } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { BUILT_IN_LANE } from '../lanes/lane';
import type { Analysis, Engine } from './analysis';

/** What a worker does with an analysis it took. */
export type Step =
  | { kind: 'start-workflow' }
  | { kind: 'run-built-in' }
  /** The workflow does not do it: the built-in one takes over, or people do. */
  | { kind: 'fall-back'; lost: DeadLetterKind; reason: string }
  /** Nothing worked: people decide. */
  | { kind: 'give-up'; reason: string };

/** Times an analysis may be taken per engine: failed calls, and workers that died with it in hand. */
export const MAX_ATTEMPTS = 4;
/** Starts of a workflow take n8n a moment and us a few writes, which go together: with few at a time a backlog would wait for the slowest of them. */
const STARTS_IN_HAND = 16;
/** Questions to models take long and cost money. */
const QUESTIONS_IN_HAND = 4;
const FIRST_PAUSE_MS = 1_000;
const PAUSE_FACTOR = 3;
/** What a lease has beyond the longest call: for the database, and for a clock that is a little off. */
const LEASE_MARGIN_MS = 5_000;
const BUILT_IN_MS = 10_000;
/** Why an analysis was dropped. */
export const STALE = 'the incident was resolved before its analysis began';

/** Which engine, how long, how often: the rules by which analyses go on, in one place. */
@Injectable()
export class EnginePolicy {
  constructor(private readonly config: AlertAgentConfig) {}

  /** The engine for an analysis that has none yet. */
  firstEngine(): Engine {
    return this.config.n8n.webhookBase() ? 'n8n' : 'built-in';
  }

  /** `analysis` as it was found due, before this attempt was counted. */
  nextStep(analysis: Pick<Analysis, 'engine' | 'status' | 'attempts'>): Step {
    const engine = analysis.engine ?? this.firstEngine();
    if (engine === 'built-in') {
      return analysis.attempts < MAX_ATTEMPTS
        ? { kind: 'run-built-in' }
        : { kind: 'give-up', reason: `the analysis was interrupted ${MAX_ATTEMPTS} times` };
    }
    if (analysis.status === 'processing') {
      return {
        kind: 'fall-back',
        lost: 'no_callback',
        reason: `the workflow did not call back within ${this.config.n8n.callback_timeout / 1000} s`,
      };
    }
    if (!this.config.n8n.webhookBase())
      return { kind: 'fall-back', lost: 'not_started', reason: 'n8n is not configured any more' };
    return analysis.attempts < MAX_ATTEMPTS
      ? { kind: 'start-workflow' }
      : {
          kind: 'fall-back',
          lost: 'not_started',
          reason: `the call of the workflow was interrupted ${MAX_ATTEMPTS} times`,
        };
  }

  /** Whether what waits in the lane waits for a place in n8n. */
  hasPlaces(lane: string): boolean {
    return lane !== BUILT_IN_LANE && this.firstEngine() === 'n8n';
  }

  /** How many analyses of the lane an instance has in hand at a time. */
  maxInHand(lane: string): number {
    return this.hasPlaces(lane) ? STARTS_IN_HAND : QUESTIONS_IN_HAND;
  }

  /** How many runs of the lane's workflow n8n may have at a time. */
  maxRunning(lane: string): number {
    const { runs, workflows } = this.config.n8n.concurrency;
    return workflows.find(({ workflow }) => workflow === lane)?.runs ?? runs;
  }

  /** Until when what is due by now must have been started; what waits longer for a place goes on without the workflow. */
  overdueSince(now: Date): Date {
    return new Date(now.getTime() - this.config.n8n.callback_timeout);
  }

  /** The next step of one for which no place became free. */
  crowdedOut(): Step {
    const seconds = this.config.n8n.callback_timeout / 1000;
    const reason = `the workflow had no place for it within ${seconds} s: n8n.concurrency`;
    return { kind: 'fall-back', lost: 'not_started', reason };
  }

  /** Milliseconds a worker may hold the analysis; after that another one takes it. */
  leaseMs(step: Step): number {
    if (step.kind === 'start-workflow') return this.config.n8n.timeout + LEASE_MARGIN_MS;
    return this.builtInMs() + LEASE_MARGIN_MS;
  }

  /** Milliseconds until the next attempt after `attempts` failed ones; spread, so that an outage does not end in a thundering herd. */
  pauseMs(attempts: number): number {
    return FIRST_PAUSE_MS * PAUSE_FACTOR ** (attempts - 1) * (0.8 + Math.random() * 0.4);
  }

  /** By when an open analysis should be over. */
  expectedBy({ engine, deadline, createdAt }: Pick<Analysis, 'engine' | 'deadline' | 'createdAt'>): Date {
    if (deadline) return deadline;
    const isOutside = (engine ?? this.firstEngine()) === 'n8n';
    return new Date(createdAt.getTime() + (isOutside ? this.config.n8n.callback_timeout : this.builtInMs()));
  }

  private builtInMs(): number {
    const { dify, openai } = this.config;
    return BUILT_IN_MS + (dify.endpoint ? dify.timeout : 0) + (openai.endpoint ? openai.timeout : 0);
  }
}
