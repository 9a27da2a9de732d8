import { excerpt, pointerTo, type FieldProblem } from '../problems';
import type { SuppressionDefinition, SuppressionKind } from '../policy/policy-document';
import type { NormalisedAlert } from '../webhook/normalised-alert';
import type { PipelineEvent } from './facts';
import { compileDefinition } from './suppression/compile-definition';
import type { Candidate, CompiledSuppression, SuppressionSituation } from './suppression/compiled-suppression';

/** Why an alert is hidden. */
export interface Suppressed {
  suppression_id: string;
  name: string;
  why: string;
}

/** All suppressions of a policy, compiled. */
export interface Suppressions {
  /** Keys under which a firing alert is to be found by those that it hides. */
  markersOf: (alert: NormalisedAlert) => { marker_key: string; suppression_id: string }[];
  /** Keys of markers that would hide this alert. */
  markerKeysFor: (alert: NormalisedAlert) => string[];
  /**
   * Keys of the rate caps that count this alert, with the beginning of the window that a moment falls into. A key covers the bucket: two windows
   * have two keys.
   */
  capKeysOf: (alert: NormalisedAlert, at: number) => { cap_key: string; bucket: number }[];
  /** Whether any of them hides alerts behind others. */
  usesMarkers: boolean;
  /** The name of a suppression; the id itself when it is not known. */
  nameOf: (id: string) => string;
  /** The first suppression that hides a firing alert at this moment, or null. `situation` holds the markers and counts found. */
  judge: (event: PipelineEvent, situation: SuppressionSituation) => Suppressed | null;
}

/**
 * Kinds in the order in which they are asked: what people planned comes before what they observed, causes before consequences, and
 * caps come last, so that they count only what nothing else hides. Within a kind the older suppression is asked first; those of the
 * configuration file are the oldest. The first that applies is the one that hides.
 */
export const JUDGING_ORDER: readonly SuppressionKind[] = [
  'maintenance',
  'condition',
  'noise',
  'dependency',
  'inhibition',
  'rate_cap',
];

/** Checks and compiles suppressions; faulty ones hide nothing, and are reported with pointers into the list. */
export function compileSuppressions(definitions: readonly SuppressionDefinition[]): {
  value: Suppressions;
  problems: FieldProblem[];
} {
  const problems: FieldProblem[] = [];
  const compiled: CompiledSuppression[] = [];
  for (const [index, definition] of definitions.entries()) {
    const result = compileDefinition(definition);
    if (!Array.isArray(result)) compiled.push(result);
    else problems.push(...result.map((problem) => ({ ...problem, pointer: pointerTo(index) + problem.pointer })));
  }
  // Sorting is stable: within a kind the order of the list stays.
  compiled.sort((a, b) => JUDGING_ORDER.indexOf(a.definition.kind) - JUDGING_ORDER.indexOf(b.definition.kind));
  return { value: together(compiled), problems };
}

function together(compiled: readonly CompiledSuppression[]): Suppressions {
  const byMarkers = compiled.filter(({ markerOf }) => markerOf !== undefined);
  const byCaps = compiled.filter(({ capOf }) => capOf !== undefined);
  const names = new Map(compiled.map(({ definition: { id, name } }) => [id, name]));
  return {
    markersOf: (alert) =>
      byMarkers.flatMap(({ definition: { id }, markerOf }) => {
        const marker_key = markerOf!(alert);
        return marker_key === null ? [] : { marker_key, suppression_id: id };
      }),
    markerKeysFor: (alert) => byMarkers.flatMap(({ markersFor }) => markersFor!(alert)),
    capKeysOf: (alert, at) =>
      byCaps.flatMap((cap) => {
        const counts = isInForce(cap.definition, { alert, at, isNew: false }) && cap.targets(alert);
        return counts ? cap.capOf!(alert, at) : [];
      }),
    usesMarkers: byMarkers.length > 0,
    nameOf: (id) => names.get(id) ?? id,
    judge: ({ alert, at }, situation) => judge(compiled, { alert, at, isNew: isNew(situation) }, situation),
  };
}

/** Of a hidden alert that repeats itself something is known: its own episode, or that of another replica. */
const isNew = ({ known, newest }: SuppressionSituation): boolean =>
  !known && !(newest?.status === 'firing' && newest.suppressed_by !== null);

function judge(
  compiled: readonly CompiledSuppression[],
  candidate: Candidate,
  situation: SuppressionSituation,
): Suppressed | null {
  // The end of an alert always passes: its incident would stay open for ever.
  if (candidate.alert.status !== 'firing') return null;
  for (const { definition, targets, hides } of compiled) {
    if (!isInForce(definition, candidate) || !targets(candidate.alert)) continue;
    const reason = hides(candidate, situation);
    if (reason === null) continue;
    const { id, name, kind } = definition;
    return { suppression_id: id, name, why: `hidden by ${WORDS[kind]} "${excerpt(name)}": ${reason}` };
  }
  return null;
}

const WORDS: Readonly<Record<SuppressionKind, string>> = {
  maintenance: 'maintenance',
  condition: 'the condition',
  noise: 'the noise list',
  dependency: 'the dependency',
  inhibition: 'the inhibition',
  rate_cap: 'the rate cap',
};

/**
 * Whether the time is right: the alert started within it, or still fires within it. News that was long on its way is judged by when
 * the alert started; once an alert is known, each repetition shows that it fires on.
 */
function isInForce({ starts_at_ms, ends_at_ms }: SuppressionDefinition, { alert, at, isNew }: Candidate): boolean {
  const isWithin = (ms: number): boolean => ms >= starts_at_ms && (ends_at_ms === null || ms < ends_at_ms);
  return isWithin(at) || (isNew && isWithin(alert.starts_at_ms));
}
