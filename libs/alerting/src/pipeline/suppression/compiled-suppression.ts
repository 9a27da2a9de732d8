import type { SuppressionDefinition } from '../../policy/policy-document';
import type { NormalisedAlert } from '../../webhook/normalised-alert';
import type { Situation } from '../facts';

/** What is looked at besides the event: what was known of the alert, firing alerts that may hide it, and counts of caps. */
export type SuppressionSituation = Pick<Situation, 'markers' | 'caps'> & Partial<Pick<Situation, 'known' | 'newest'>>;

/** A firing alert that may be hidden. */
export interface Candidate {
  alert: NormalisedAlert;
  /** When its event was received, epoch milliseconds. */
  at: number;
  /** Nothing has been decided about this episode yet. */
  isNew: boolean;
}

/** One suppression, ready to judge alerts that are within its time and that its matchers and condition apply to. */
export interface CompiledSuppression {
  definition: SuppressionDefinition;
  /** Whether its matchers and condition apply. */
  targets: (alert: NormalisedAlert) => boolean;
  /** Why it hides the alert, as the end of a sentence; null when it does not. */
  hides: (candidate: Candidate, situation: SuppressionSituation) => string | null;
  /** When, by the clock alone, it lets go of an alert that it hides at this moment; null when that depends on other things. */
  hidesUntil: (alert: NormalisedAlert, at: number) => number | null;
  /** Key under which a firing source is to be found; null when the alert is none. */
  markerOf?: (alert: NormalisedAlert) => string | null;
  /** Keys of the sources that would hide the alert. */
  markersFor?: (alert: NormalisedAlert) => string[];
  /** The counter that the alert adds to when it is let through, with the beginning of its window. */
  capOf?: (alert: NormalisedAlert, at: number) => { cap_key: string; bucket: number };
}

/** The parts of a definition that were compiled before the kind was looked at. */
export interface SuppressionParts {
  definition: SuppressionDefinition;
  targets: (alert: NormalisedAlert) => boolean;
  /** For sources. */
  isSource: (alert: NormalisedAlert) => boolean;
}

/** A time as reasons show it. */
export const shown = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** The pseudo label for the cluster that sent the alert. */
export const CLUSTER_LABEL = '@cluster';

/** The value of a label, or of the pseudo label; "" when the alert lacks it. */
export function labelOf({ labels, cluster_id }: NormalisedAlert, name: string): string {
  if (name === CLUSTER_LABEL) return cluster_id;
  return Object.hasOwn(labels, name) ? labels[name]! : '';
}
