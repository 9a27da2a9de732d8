import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { getAnalysis, ServiceError, type AnalysisView } from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { EventStream } from './event-stream';

/** Who follows an analysis. */
export interface AnalysisFollower {
  analysisId: string;
  /** The last event that the reader has seen; null for a new one. */
  lastEventId: string | null;
  /** Begins the answer. */
  open(): ServerResponse;
  /** Whether the token still allows it. */
  isAllowed(): Promise<boolean>;
}

const MAX_FOLLOWERS = 200;
const LOOK_MS = 1_000;
/** So many looks without news are told with a comment, and the token is asked about again. */
const QUIET_LOOKS = 15;
const OVER: ReadonlySet<AnalysisView['status']> = new Set(['completed', 'failed', 'cancelled']);

/** Tells those who follow an analysis each of its states, until it is over. */
@Injectable()
export class AnalysisFollowers implements BeforeApplicationShutdown {
  private readonly streams = new Set<EventStream>();
  private readonly stopping = new AbortController();

  constructor(private readonly bus: Bus) {}

  /** Resolves when the stream has ended. Errors, before it begins: those of `getAnalysis`; `unavailable` when too many follow already. */
  async follow({ analysisId, lastEventId, open, isAllowed }: AnalysisFollower): Promise<void> {
    if (this.streams.size >= MAX_FOLLOWERS) throw new ServiceError('unavailable', 'too many follow analyses already');
    let view: AnalysisView = await this.bus.request(getAnalysis, { id: analysisId });
    const stream = new EventStream(open(), () => this.streams.delete(stream));
    this.streams.add(stream);
    // The head of the answer goes out with the first bytes, and there may be no news for long.
    stream.write({ comment: 'following' });
    let told = lastEventId;
    for (let quiet = 0; !stream.isClosed;) {
      const id = eventId(view);
      if (id !== told) {
        stream.write({ id, event: OVER.has(view.status) ? view.status : 'progress', data: JSON.stringify(view) });
        told = id;
        quiet = 0;
      }
      if (OVER.has(view.status)) break;
      await delay(LOOK_MS, undefined, { signal: this.stopping.signal }).catch(() => stream.end());
      quiet += 1;
      if (quiet % QUIET_LOOKS === 0) {
        // When that cannot be found out the reader comes again.
        if (!(await isAllowed().catch(() => false))) break;
        stream.write({ comment: 'still at it' });
      }
      view = await this.bus.request(getAnalysis, { id: analysisId }).catch(() => view);
    }
    stream.end();
  }

  /** Readers come again, to another instance, and go on where they were. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
    for (const stream of this.streams) stream.end();
  }
}

/** The same for the same state, on every gateway. */
const eventId = (view: AnalysisView): string =>
  createHash('sha256').update(JSON.stringify(view), 'utf8').digest('hex').slice(0, 16);
