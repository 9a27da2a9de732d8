import { Injectable } from '@nestjs/common';
import { ConfigMetrics, type RenderOutcome } from '../config-metrics';
import { keyText, type ConfigKey } from '../revisions/config-key';
import { Renderer } from './renderer';

/**
 * How many times as long as a render took its configuration then rests. A render reads all rules of its cluster from the
 * rule manager, and each new revision is taken in there under the cluster's lock: without a rest, a batch that changes
 * 500 rules would be slowed by the very renders it causes.
 */
const REST_FACTOR = 3;

/** The longest rest, in milliseconds: a change made meanwhile waits that long, however slow the renders are. */
export const LONGEST_REST_MS = 2_000;

interface Lane {
  /** Resolves when the render has ended, however it did, and has rested. */
  over: Promise<void>;
  /** The render that starts when this one is over; whoever asks until then shares it. */
  next: Promise<void> | null;
}

/**
 * Renders each configuration one at a time. A request made while one is running waits for the next one, because the
 * running one may have looked at the world before the request's reason came into it; all such requests share that one.
 * The first request after a calm is served at once; those that follow it closely are served together after the rest.
 */
@Injectable()
export class RenderQueue {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly renderer: Renderer,
    private readonly metrics: ConfigMetrics,
  ) {}

  /** Resolves after a render that began after this call. Errors: those of the renderer. */
  render(key: ConfigKey): Promise<void> {
    const text = keyText(key);
    const lane = this.lanes.get(text);
    if (lane) return (lane.next ??= lane.over.then(() => this.start(text, key)));
    return this.start(text, key);
  }

  private start(text: string, key: ConfigKey): Promise<void> {
    const running = this.measured(key);
    const lane: Lane = { over: this.rested(running), next: null };
    this.lanes.set(text, lane);
    // A successor that waits replaces the lane by its own.
    void lane.over.then(() => {
      if (!lane.next) this.lanes.delete(text);
    });
    return running;
  }

  private async rested(running: Promise<void>): Promise<void> {
    const started = performance.now();
    await running.catch(() => undefined);
    const restMs = Math.min((performance.now() - started) * REST_FACTOR, LONGEST_REST_MS);
    // A render that nobody waits for must not keep the process alive.
    await new Promise((resolve) => setTimeout(resolve, restMs).unref());
  }

  private async measured(key: ConfigKey): Promise<void> {
    const started = performance.now();
    let outcome: RenderOutcome = 'error';
    try {
      outcome = await this.renderer.render(key);
    } finally {
      this.metrics.rendered(key.type, outcome, (performance.now() - started) / 1000);
    }
  }
}
