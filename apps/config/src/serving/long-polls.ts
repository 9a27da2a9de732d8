import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ConfigMetrics } from '../config-metrics';
import { keyText, type ConfigKey } from '../revisions/config-key';

/** More waiting requests for one configuration are not held: a broken sidecar must not fill the memory. */
const MAX_PER_KEY = 500;

/** Ends one wait. */
type Wake = () => void;

/** Requests that wait for a newer revision. All are let go when the service stops. */
@Injectable()
export class LongPolls implements OnModuleDestroy {
  private readonly waiting = new Map<string, { key: ConfigKey; wakes: Set<Wake> }>();
  private closing = false;

  constructor(metrics: ConfigMetrics) {
    metrics.countPollsWith(() => this.open);
  }

  /** How many requests wait now. */
  get open(): number {
    let count = 0;
    for (const { wakes } of this.waiting.values()) count += wakes.size;
    return count;
  }

  /** What is waited for. */
  keys(): ConfigKey[] {
    return [...this.waiting.values()].map(({ key }) => key);
  }

  /** Resolves when the configuration may have changed, `ms` have passed, the caller has gone, or the service stops. */
  wait(key: ConfigKey, ms: number, gone: AbortSignal): Promise<void> {
    const text = keyText(key);
    const group = this.waiting.get(text) ?? { key, wakes: new Set() };
    if (this.closing || gone.aborted || ms <= 0 || group.wakes.size >= MAX_PER_KEY) return Promise.resolve();
    this.waiting.set(text, group);
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', wake);
        group.wakes.delete(wake);
        if (group.wakes.size === 0 && this.waiting.get(text) === group) this.waiting.delete(text);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      gone.addEventListener('abort', wake);
      group.wakes.add(wake);
    });
  }

  /** Lets everybody look again who waits for this configuration. */
  wake(key: ConfigKey): void {
    for (const wake of [...(this.waiting.get(keyText(key))?.wakes ?? [])]) wake();
  }

  onModuleDestroy(): void {
    this.closing = true;
    for (const key of this.keys()) this.wake(key);
  }
}
