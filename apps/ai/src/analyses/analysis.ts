import type { AlertSnapshot, AnalysisContext, AnalysisResult, AnalysisState } from '@alertagent/contracts';

/** Which engine runs the workflow of an analysis. */
export type Engine = 'n8n' | 'built-in';

/** `trigger_key` of the analysis that an opened incident starts by itself. */
export const INCIDENT_OPENED = 'incident-opened';

/** States in which there is still something to do. */
export const OPEN_STATES = ['pending', 'processing'] as const satisfies readonly AnalysisState[];

/** One analysis of an alert, from the wish for it to its result. */
export interface Analysis {
  id: string;
  /** Null for an alert that belongs to no incident. */
  incidentId: string | null;
  /** What asked for it; unique with the incident. An analysis somebody asks for has its own id here. */
  triggerKey: string;
  alertId: string;
  clusterId: string;
  clusterName: string;
  alert: AlertSnapshot;
  context: AnalysisContext | null;
  /** Of the incident when it opened, 1 (most urgent) to 5; null when that is not known. */
  priority: number | null;
  workflow: string;
  workflowReason: string;
  /** Null until a worker first takes it. */
  engine: Engine | null;
  fallbackReason: string | null;
  status: AnalysisState;
  /** How often a worker took it with this engine, the current time included. */
  attempts: number;
  /** Where it waits: with others of its workflow, or with those that the built-in workflow took over. */
  lane: string;
  /** How often somebody had it begin anew after it had died. */
  replays: number;
  /** Held by the worker that has it in hand; whatever a worker without it writes is refused. */
  leaseToken: string | null;
  /** When a worker looks at it next: at once, after a pause, when a lease ends, or when a workflow should have called back. Null when it is over. */
  dueAt: Date | null;
  /** Until when the workflow must have called back. */
  deadline: Date | null;
  result: AnalysisResult | null;
  /** Why it failed, or, while it is open, why the last attempt did. */
  error: string | null;
  /** SHA-256 of the callback that ended it, to know a repeated one by. */
  reportHash: string | null;
  createdAt: Date;
  completedAt: Date | null;
}

/** Whether nothing more will happen to it. */
export const isOver = ({ status }: Pick<Analysis, 'status'>): boolean => !OPEN_STATES.some((open) => open === status);

/** Whether nobody asked for it: neither for the analysis, nor for its replay. */
export const isUnasked = ({ triggerKey, replays }: Pick<Analysis, 'triggerKey' | 'replays'>): boolean =>
  triggerKey === INCIDENT_OPENED && replays === 0;
