import {
  Replay,
  WhatIf,
  type CompiledPolicy,
  type Comparison,
  type PipelineEvent,
  type RuleEdit,
} from '@alertagent/alerting';
import { newId } from '@alertagent/service-kit';
import { normalise } from '../pipeline/normalise';
import { bareEvent } from './bare-event';
import type { ClaimedWebhook } from '../intake/claimed-webhook';
import type { WebhooksWanted } from './stored-webhooks';
import type { WhatIfState } from './what-if.dto';

/** Differences that can be listed; all are counted. */
const MOST_DIFFERENCES = 10_000;
/** Events in a row before other work of the process gets its turn. */
const EVENTS_PER_BREATH = 20;

/** What a run is about. */
export interface WhatIfPlan {
  author: string;
  created_at: number;
  wanted: WebhooksWanted;
  /** The policy in force, and the changed one. */
  before: CompiledPolicy;
  after: CompiledPolicy;
  warnings: { pointer: string; code: string; detail: string }[];
  isNight: (at: number) => boolean;
  ruleEdits: readonly (RuleEdit & { rule_id: string })[];
  alerts_total: number;
}

/** One comparison of two policies on stored alerts. */
export class WhatIfRun {
  readonly id = newId();
  state: WhatIfState = 'waiting';
  finished_at: number | null = null;
  alerts_done = 0;
  unreadable = 0;
  error: string | null = null;
  private readonly comparison: WhatIf<PipelineEvent>;
  private readonly isSameIdentity: boolean;

  constructor(readonly plan: WhatIfPlan) {
    const { before, after, isNight, wanted, ruleEdits } = plan;
    this.comparison = new WhatIf(new Replay(before, { newId, ruleEdits }), new Replay(after, { newId, ruleEdits }), {
      isNight,
      from: wanted.from,
      mostDifferences: MOST_DIFFERENCES,
    });
    this.isSameIdentity = [...before.ignore_labels].sort().join('\n') === [...after.ignore_labels].sort().join('\n');
  }

  /** What has been found so far. */
  result(): Comparison {
    return this.comparison.result();
  }

  /** Stops it before its end; one that has ended stays as it is. */
  cancel(): void {
    if (this.state === 'waiting' || this.state === 'running') this.state = 'cancelled';
  }

  /** Goes through the webhooks to the end, or until it is cancelled. */
  async take(webhooks: AsyncIterable<ClaimedWebhook[]>): Promise<void> {
    for await (const chunk of webhooks) {
      for (const webhook of chunk) {
        if (this.state !== 'running') return;
        await this.takeOne(webhook);
        this.alerts_done += webhook.alert_count;
      }
    }
  }

  private async takeOne(webhook: ClaimedWebhook): Promise<void> {
    const events = await this.eventsOf(webhook);
    if (events === null) {
      this.unreadable += 1;
      return;
    }
    for (const [index, { before, after }] of events.entries()) {
      if (index % EVENTS_PER_BREATH === 0) await new Promise(setImmediate);
      this.comparison.step(before, after);
    }
  }

  /** The same alerts for both sides; null for a webhook that cannot be read, all of whose alerts were set aside. */
  private async eventsOf(webhook: ClaimedWebhook): Promise<{ before: PipelineEvent; after: PipelineEvent }[] | null> {
    try {
      const { events } = await normalise([webhook], this.plan.before);
      const others = this.isSameIdentity ? events : (await normalise([webhook], this.plan.after)).events;
      return events.map((event, index) => ({ before: bareEvent(event), after: bareEvent(others[index]!) }));
    } catch {
      return null;
    }
  }
}
