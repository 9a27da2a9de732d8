import type { AlertAgent } from '@alertagent/e2e/alertagent';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 1_000;

interface Ledger {
  accepted: number;
  pending: number;
  balanced: boolean;
}

/** How the pipeline worked off what the intake had stored. */
export interface Drain {
  /** Alerts waiting when the watch began. */
  backlog: number;
  alertsPerSecond: number;
  seconds: number;
  /** Alerts that still wait: not zero when the time was over first. */
  left: number;
  /** Whether the ledger balanced each time it was looked at. */
  balanced: boolean;
}

/** Watches the ledger until nothing is pending, for `patienceSeconds` at most. */
export async function watchDrain(agent: AlertAgent, patienceSeconds: number): Promise<Drain> {
  const began = performance.now();
  const first = await agent.get<Ledger>('/ledger');
  let last = first;
  let balanced = first.balanced;
  let seconds = (performance.now() - began) / 1_000;
  while (last.pending > 0 && seconds < patienceSeconds) {
    await delay(LOOK_EVERY_MS);
    last = await agent.get<Ledger>('/ledger');
    balanced &&= last.balanced;
    seconds = (performance.now() - began) / 1_000;
  }
  const drained = first.pending - last.pending;
  return { backlog: first.pending, alertsPerSecond: drained / seconds, seconds, left: last.pending, balanced };
}
