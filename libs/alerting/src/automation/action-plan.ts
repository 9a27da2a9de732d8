import { formatDuration } from '../durations';
import type { ActionParameters, ActionTarget, CatalogueEntry, Executor } from './catalogue-entry';
import type { AlertFacts, CheckedRequest } from './check-request';

/** What an action would do, in words and as data. Nothing of it has happened. */
export interface ActionPlan {
  summary: string;
  executor: Executor;
  /** What the executor would send, as data. */
  call: { action: string; target: ActionTarget; parameters: ActionParameters };
  post_check: string;
  undo: string;
  warnings: string[];
}

/** The dry run of an action. */
export function planOf(
  entry: CatalogueEntry,
  { target, parameters }: CheckedRequest,
  alert: AlertFacts | null,
): ActionPlan {
  return {
    summary: `${entry.description} Target: ${targetText(target)}. ${parameterText(parameters)}`.trim(),
    executor: entry.executor,
    call: { action: entry.id, target, parameters },
    post_check:
      entry.post_check === 'alert_cleared'
        ? `The incident must be resolved within ${formatDuration(entry.post_check_within_ms)}; else ${
            entry.can_undo ? 'it is taken back and people are called' : 'people are called'
          }.`
        : 'None: nothing shows by itself whether it helped.',
    undo: entry.can_undo ? 'It can be taken back.' : 'It cannot be taken back.',
    warnings: warningsFor(target, alert),
  };
}

/** A target as one word, for counting how many different ones there were. */
export function targetKey({ cluster, namespace, service }: ActionTarget): string {
  return JSON.stringify([cluster, namespace, service]);
}

function targetText({ cluster, namespace, service }: ActionTarget): string {
  const parts = [
    service === null ? null : `service ${service}`,
    namespace === null ? null : `namespace ${namespace}`,
    `cluster ${cluster ?? '?'}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function parameterText(parameters: ActionParameters): string {
  const parts = Object.entries(parameters).map(([name, value]) => `${name} = ${String(value)}`);
  return parts.length === 0 ? '' : `With ${parts.join(', ')}.`;
}

function warningsFor(target: ActionTarget, alert: AlertFacts | null): string[] {
  if (!alert?.cluster || !target.cluster || alert.cluster === target.cluster) return [];
  return [`The alert comes from cluster ${alert.cluster}, the target is in ${target.cluster}.`];
}
