import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { Analysis, Engine } from './analysis';

/** What a worker does with an analysis it took. */
export type Step =
  | { kind: 'start-workflow' }
  | { kind: 'run-built-in' }
  /** The built-in workflow takes over. */
  | { kind: 'fall-back'; reason: string }
  /** Nothing worked: people decide. */
  | { kind: 'give-up'; reason: string };

/** Times an analysis may be taken per engine: failed calls, and workers that died with it in hand. */
export const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1_000;
const PAUSE_FACTOR = 3;
/** What a lease has beyond the longest call: for the database, and for a clock that is a little off. */
const LEASE_MARGIN_MS = 5_000;
const BUILT_IN_MS = 10_000;

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
        reason: `the workflow did not call back within ${this.config.n8n.callback_timeout / 1000} s`,
      };
    }
    if (!this.config.n8n.webhookBase()) return { kind: 'fall-back', reason: 'n8n is not configured any more' };
    return analysis.attempts < MAX_ATTEMPTS
      ? { kind: 'start-workflow' }
      : { kind: 'fall-back', reason: `the call of the workflow was interrupted ${MAX_ATTEMPTS} times` };
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
    return BUILT_IN_MS + (this.config.dify.endpoint ? this.config.dify.timeout : 0);
  }
}
