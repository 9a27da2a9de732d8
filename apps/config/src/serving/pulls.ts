import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { ConfigKey } from '../revisions/config-key';
import { matchesTag } from './entity-tags';
import { LongPolls } from './long-polls';
import { ServedRevisions, type Answer } from './served-revisions';

/** The database is asked every second; an answer older than this is called stale. In milliseconds. */
const STALE_AFTER_MS = 5_000;

/** What a sidecar asks. */
export interface Pull {
  key: ConfigKey;
  /** `If-None-Match` as it came. */
  known: string | undefined;
  /** How long to hold the answer while nothing is newer, in milliseconds. */
  waitMs: number;
}

/** What it is told. */
export interface PullAnswer {
  status: 200 | 304;
  headers: Readonly<Record<string, string>>;
  /** The exact bytes that were signed; null when nothing has changed. */
  body: Buffer | null;
}

/** Answers sidecars: from memory where that can tell, held until there is news where they wait for it. */
@Injectable()
export class Pulls {
  constructor(
    private readonly served: ServedRevisions,
    private readonly polls: LongPolls,
  ) {}

  /** The answer if it needs neither database nor waiting; null otherwise. */
  atOnce({ key, known, waitMs }: Pull): PullAnswer | null {
    const answer = this.served.remembered(key);
    if (!answer) return null;
    const isUnchanged = matchesTag(known, answer.served.etag);
    return isUnchanged && waitMs > 0 ? null : pullAnswer(answer, isUnchanged);
  }

  /** Errors: `not_found` when the cluster has no configuration, `unavailable` when only the database would know. */
  async answer(pull: Pull, gone: AbortSignal): Promise<PullAnswer> {
    const newest = await this.newest(pull, gone);
    if (!newest) throw new ServiceError('not_found', 'no configuration for this cluster');
    return pullAnswer(newest, matchesTag(pull.known, newest.served.etag));
  }

  private async newest({ key, known, waitMs }: Pull, gone: AbortSignal): Promise<Answer | null> {
    const before = await this.served.current(key);
    const isNews = before !== null && !matchesTag(known, before.served.etag);
    // Looking and beginning to wait happen in one step, or a publication between the two would be slept through.
    if (isNews || waitMs === 0 || this.served.knownNumber(key) !== (before?.served.revision ?? 0))
      return this.served.current(key);
    await this.polls.wait(key, waitMs, gone);
    return this.served.current(key);
  }
}

function pullAnswer({ served, ageMs }: Answer, isUnchanged: boolean): PullAnswer {
  const age = {
    age: String(Math.floor(ageMs / 1000)),
    warning: '110 alertagent "the database does not answer; this is the last known revision"',
  };
  const headers = ageMs < STALE_AFTER_MS ? served.headers : { ...served.headers, ...age };
  return { status: isUnchanged ? 304 : 200, headers, body: isUnchanged ? null : served.body };
}
