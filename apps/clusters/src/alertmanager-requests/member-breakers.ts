import type { BreakerState } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { AlertmanagerMetrics } from './alertmanager-requests.metrics';
import type { Member } from './member';
import { MemberFailure } from './member-failure';

/** Failures in a row after which a member is left alone. */
export const FAILURES_TO_OPEN = 3;
/** How long, in milliseconds: at first, and at most, when it goes on failing. */
const OPEN_MS = { initialDelay: 5_000, maxDelay: 60_000 };
/** Who was not asked for so long is forgotten: it may be a member no longer. */
const IDLE_MS = 600_000;
const LOOK_EVERY_MS = 60_000;

interface Guarded {
  member: Member;
  breaker: CircuitBreakerPolicy;
  usedAt: number;
}

/** One circuit breaker per member, so that nobody waits again and again for one that does not answer. */
@Injectable()
export class MemberBreakers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly breakers = new Map<string, Guarded>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly metrics: AlertmanagerMetrics,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.forgetIdle(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Does the call unless the member is left alone. Errors: those of the call; MemberFailure `skipped`. */
  async run<T>(member: Member, call: () => Promise<T>): Promise<T> {
    const breaker = this.of(member);
    // While one request tries the member, others would wait for its end.
    if (breaker.state === CircuitState.HalfOpen) throw leftAlone();
    try {
      return await breaker.execute(call);
    } catch (error) {
      throw error instanceof BrokenCircuitError ? leftAlone() : error;
    }
  }

  stateOf(member: Member): BreakerState {
    return stateName(this.breakers.get(keyOf(member))?.breaker.state);
  }

  /** Forgets those who were not asked for a while. */
  forgetIdle(): void {
    const before = this.now() - IDLE_MS;
    for (const [key, { member, usedAt }] of this.breakers) {
      if (usedAt > before) continue;
      this.breakers.delete(key);
      this.metrics.forget(member);
    }
  }

  private of(member: Member): CircuitBreakerPolicy {
    const known = this.breakers.get(keyOf(member));
    if (known) {
      known.usedAt = this.now();
      return known.breaker;
    }
    const breaker = circuitBreaker(
      handleWhen((error) => error instanceof MemberFailure && error.isFault),
      { halfOpenAfter: new ExponentialBackoff(OPEN_MS), breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
    breaker.onStateChange((state) => this.metrics.breaker(member, stateName(state)));
    this.metrics.breaker(member, 'closed');
    this.breakers.set(keyOf(member), { member, breaker, usedAt: this.now() });
    return breaker;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

const keyOf = ({ clusterId, address }: Member): string => `${clusterId} ${address}`;

const leftAlone = (): MemberFailure =>
  new MemberFailure('skipped', 'it failed several times in a row and is left alone for a while');

function stateName(state: CircuitState | undefined): BreakerState {
  if (state === CircuitState.Open || state === CircuitState.Isolated) return 'open';
  return state === CircuitState.HalfOpen ? 'half_open' : 'closed';
}
