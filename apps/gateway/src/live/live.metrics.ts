import { Metrics, type CounterMetric } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { ResetReason } from './live-client';

const ENDINGS = ['left', 'slow', 'stalled', 'revoked', 'shutdown', 'refused'] as const;
const RESETS = [
  'stream_replaced',
  'too_old',
  'unknown_position',
  'was_unavailable',
] as const satisfies readonly ResetReason[];

/** Why a live stream ended: its reader left, fell behind, took nothing, lost its token, we stop, or there was no room for it. */
export type LiveEnding = (typeof ENDINGS)[number];

/** Measures of the live stream. */
@Injectable()
export class LiveMetrics {
  private readonly endings: CounterMetric<{ reason: typeof ENDINGS }>;
  private readonly resets: CounterMetric<{ reason: typeof RESETS }>;
  private clients: () => number = () => 0;

  constructor(metrics: Metrics) {
    metrics.gauge({
      name: 'live_clients',
      help: 'Who follows the live stream now.',
      collect: () => this.clients(),
    });
    this.endings = metrics.counter({
      name: 'live_streams_ended_total',
      help: 'Live streams that ended, by reason.',
      labels: { reason: ENDINGS },
    });
    this.resets = metrics.counter({
      name: 'live_resets_total',
      help: 'Clients that were told to load everything again, by reason.',
      labels: { reason: RESETS },
    });
  }

  /** Where the number of clients is read at each scrape. */
  watchClients(clients: () => number): void {
    this.clients = clients;
  }

  ended(reason: LiveEnding): void {
    this.endings.inc({ reason });
  }

  reset(reason: ResetReason): void {
    this.resets.inc({ reason });
  }
}
