/** Where an alert event ends; each ends in exactly one. `quarantined` is decided before the pipeline. */
export type PipelineDisposition = 'opened' | 'merged' | 'resolved' | 'duplicate' | 'stale' | 'suppressed';

/** What one stage made of an event. */
export interface StageNote {
  stage: 'intake' | 'dedupe' | 'flapping' | 'suppress' | 'converge' | 'prioritise' | 'route';
  outcome: string;
  why: string;
}

/** What becomes of the event's episode. */
export type EpisodeChange =
  /** Nothing, except that it was seen again, and what its replicas say when that has changed. */
  | { kind: 'seen'; replica?: string }
  /** Stored as history only: it is older than what is known. */
  | { kind: 'none' }
  | {
      kind: 'start';
      status: 'firing' | 'resolved';
      ends_at_ms: number | null;
      suppressed_by: string | null;
      changes: number[];
      flapping: boolean;
      /** The earlier episode of the same labels still fires in our records: its end was lost. */
      supersedes: boolean;
    }
  | { kind: 'resolve'; ends_at_ms: number; changes: number[]; flapping: boolean; replica?: string }
  /** What hid it is over, or it is hidden by something else now. */
  | { kind: 'hidden_by'; suppressed_by: string | null; replica?: string };

/** A route an incident takes. */
export interface RouteTaken {
  /** Names of the nodes from the root to the one that took it. */
  path: string[];
  workflow: string | null;
  team: string | null;
}

/** One part of a priority's score. */
export interface PriorityFactor {
  factor: string;
  points: number;
  why: string;
}

/** How urgent an incident is: 1 to 5, and what that follows from. */
export interface Priority {
  priority: number;
  score: number;
  factors: PriorityFactor[];
}

/** What becomes of incidents. */
export type IncidentChange =
  | { kind: 'none' }
  | {
      kind: 'open';
      group_key: string;
      scope_key: string | null;
      convergence: string;
      text: string | null;
      group_labels: Record<string, string>;
      priority: Priority;
      routes: RouteTaken[];
      burst: { from: number; count: number };
      storm: boolean;
      /** The incident that held the group's place and takes no more alerts from now on. */
      closes: { id: string; why: string } | null;
    }
  | {
      kind: 'join';
      id: string;
      /** It comes back after its incident's members had all resolved, or replaces an episode of the same incident. */
      rejoined: boolean;
      /** Set when urgency rises. */
      priority: Priority | null;
      /** Set when the routes change with it. */
      routes: RouteTaken[] | null;
      burst: { from: number; count: number };
      storm: 'none' | 'begins' | 'goes_on' | 'over';
      /** Whether others need to hear of it: in a storm not each alert is news. */
      announce: boolean;
      /** The group key under which it is found from now on, because its rule was edited; null when that stays. */
      rekey: string | null;
      /** The rule behind the incident was edited from one version to the other. */
      rule_changed: { from: number | null; to: number } | null;
    }
  | {
      kind: 'member_resolved';
      id: string;
      /** When its last member resolved: the time from which it may resolve; null at once. */
      settle_at: number | null;
      settle_why: string | null;
    };

/** What the pipeline decided about one event. Plain data: it can be stored, compared and replayed. */
export interface Verdict {
  disposition: PipelineDisposition;
  why: string;
  notes: StageNote[];
  episode: EpisodeChange;
  incident: IncidentChange;
  /** Rate caps that count this alert. */
  counts: string[];
}
