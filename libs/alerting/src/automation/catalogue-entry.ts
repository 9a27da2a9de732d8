/** What carries an action out. Each has one implementation in the ai service. */
export const EXECUTORS = ['n8n', 'http', 'alertmanager_silence', 'suppression'] as const;
export type Executor = (typeof EXECUTORS)[number];

export const PARAMETER_TYPES = ['string', 'integer', 'number', 'boolean', 'duration'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** How an action is proved to have helped. */
export const POST_CHECKS = ['none', 'alert_cleared'] as const;
export type PostCheck = (typeof POST_CHECKS)[number];

/** One parameter of an action. What it does not allow is refused; parameters that are not declared are refused too. */
export interface ParameterSpec {
  name: string;
  type: ParameterType;
  description: string;
  required: boolean;
  /** Numbers: the value. Durations: milliseconds. Strings: the length. */
  min: number | null;
  max: number | null;
  /** The closed list of allowed strings; null when any string within the bounds will do. */
  one_of: readonly string[] | null;
  /** The value of a request without one. Never a model's. */
  default: string | number | boolean | null;
  /** A label of the alert that gives the value of a request without one. */
  from_label: string | null;
}

/** Where an action may act. An item is a name, a beginning with `*`, or either with `!` in front, which forbids. An empty list allows nothing. */
export interface TargetAllowList {
  clusters: readonly string[];
  namespaces: readonly string[];
}

/** How much of an action there may be. */
export interface ActionCaps {
  /** Executions begun in one hour. */
  max_per_hour: number;
  /** Executions under way at once. */
  max_concurrent: number;
  /** Different targets within one cluster in one hour. */
  max_targets_per_hour: number;
}

/** One action that may be asked for. What is not in the catalogue does not exist. */
export interface CatalogueEntry {
  id: string;
  description: string;
  executor: Executor;
  /** `http`: where the request goes. `n8n`: the webhook path, null for the configured one. */
  address: string | null;
  /** Names the environment's secret for `http`; the value is never part of an entry. */
  is_signed: boolean;
  parameters: readonly ParameterSpec[];
  /** Whether it acts on one service, which must then be named. */
  needs_service: boolean;
  targets: TargetAllowList;
  post_check: PostCheck;
  /** Milliseconds after the execution within which the check must hold. */
  post_check_within_ms: number;
  /** Whether the executor can take it back. */
  can_undo: boolean;
  caps: ActionCaps;
  /** Milliseconds that one execution may take. */
  timeout_ms: number;
  /** Whether it may ever run without a person. */
  allows_autonomy: boolean;
  /** The same request key has no second effect, so that a lost execution may be repeated. */
  is_idempotent: boolean;
}

/** Where an action acts. */
export interface ActionTarget {
  cluster: string | null;
  namespace: string | null;
  service: string | null;
}

export type ParameterValue = string | number | boolean;
export type ActionParameters = Readonly<Record<string, ParameterValue>>;
