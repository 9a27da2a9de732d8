import { Injectable } from '@nestjs/common';
import { ConfigMetrics, type RenderOutcome } from '../config-metrics';
import { keyText, type ConfigKey } from '../revisions/config-key';
import { Renderer } from './renderer';

interface Lane {
  running: Promise<void>;
  /** The render that starts when the running one is over; whoever asks until then shares it. */
  next: Promise<void> | null;
}

/**
 * Renders each configuration one at a time. A request made while one is running waits for the next one, because the
 * running one may have looked at the world before the request's reason came into it; all such requests share that one.
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
    if (lane) return (lane.next ??= lane.running.catch(() => undefined).then(() => this.start(text, key)));
    return this.start(text, key);
  }

  private start(text: string, key: ConfigKey): Promise<void> {
    const running = this.measured(key).finally(() => {
      // A successor that waits takes the lane over in `start`; its own end clears it.
      const lane = this.lanes.get(text);
      if (lane?.running === running && !lane.next) this.lanes.delete(text);
    });
    this.lanes.set(text, { running, next: null });
    return running;
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
