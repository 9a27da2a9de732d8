import {
  WorkingSet,
  type PipelineEvent,
  type Situation,
  type Verdict,
  type WorkingEpisode,
  type WorkingIncident,
} from '@alertagent/alerting';
import type { ClaimedWebhook } from '../intake/claimed-webhook';

/** One alert of a webhook on its way through the pipeline. */
export interface AlertEvent extends PipelineEvent {
  webhook: ClaimedWebhook;
  /** Its place in the webhook. */
  index: number;
  /** What was decided and on what grounds; set by the pipeline. */
  decided: { situation: Situation; verdict: Verdict; episode: Episode | null } | null;
}

/** `alerts` row once recorded. */
export type Episode = WorkingEpisode<AlertEvent>;
/** `incidents` row once recorded. */
export type BatchIncident = WorkingIncident<AlertEvent>;

/** An alert that cannot be processed. */
export interface RefusedAlert {
  webhook: ClaimedWebhook;
  index: number;
  code: string;
  pointer: string;
  detail: string;
  raw: string;
}

/** A canary that arrived: no alert for anybody. */
export interface Heartbeat {
  webhook: ClaimedWebhook;
  index: number;
  /** The Prometheus it comes from. */
  instance: string;
  status: 'firing' | 'resolved';
}

/** What came in with the webhooks of one transaction. */
export interface Arrivals {
  webhooks: readonly ClaimedWebhook[];
  events: AlertEvent[];
  refused: RefusedAlert[];
  heartbeats: Heartbeat[];
}

/** Everything one transaction works on: what came in, what was known, what became of it. */
export interface Batch extends Arrivals {
  set: WorkingSet<AlertEvent>;
}
