import type { RevisionRule } from '@alertagent/contracts';
import type { ConfigHistory, FormerFile } from '../revisions/revisions.store';
import { isMassRemoval, lostRules, massRemoval, type RemovalLimits } from './rule-changes';

/** From when on sidecars, which judge by themselves, ask for a confirmation: `removal-guard.ts` there has the same figures. */
const SIDECAR_LIMITS: RemovalLimits = { maxPercent: 30, minRules: 5 };

/** Most contents named in one confirmation: they travel in a header. */
const MAX_NAMED = 24;

/** Those of the former files that have so many rules more than the next one that sidecars ask for a confirmation. */
export function largerFiles(former: readonly FormerFile[], next: readonly RevisionRule[]): string[] {
  return former.filter(({ manifest }) => isLarger(manifest, next)).map(({ hash }) => hash);
}

/**
 * The contents that a sidecar may replace by this file although many of their rules go: all of them when a person confirmed this
 * very file. Otherwise those that the served file may follow, and those from which no step on the way needed a person, because
 * the rules were withdrawn a few at a time. Of a step that does and has none nothing is confirmed, whoever let it pass.
 */
export function confirmedFrom(
  history: ConfigHistory,
  former: readonly FormerFile[],
  file: FormerFile,
  limits: RemovalLimits,
): string[] {
  const isConfirmed = history.confirmedHash === file.hash;
  if (!isConfirmed && massRemoval(history, file.manifest, limits)) return [];
  const servedRules = history.served?.manifest ?? [];
  const carried = history.served?.confirmedFrom ?? [];
  const approved = former.filter(
    ({ hash, manifest }) => isConfirmed || carried.includes(hash) || !isLarger(manifest, servedRules),
  );
  const named = isConfirmed ? history.confirmedFrom : [];
  const all = new Set([...named, ...largerFiles(approved, file.manifest), ...carried]);
  all.delete(file.hash);
  return [...all].slice(0, MAX_NAMED);
}

/** Whether somebody confirmed the served file for contents that it does not name yet. */
export function isConfirmedAnew({ served, confirmedHash, confirmedFrom: named }: ConfigHistory): boolean {
  if (!served || served.hash !== confirmedHash) return false;
  return named.some((hash) => hash !== served.hash && !served.confirmedFrom.includes(hash));
}

const isLarger = (before: readonly RevisionRule[], next: readonly RevisionRule[]): boolean =>
  isMassRemoval(lostRules(before, next).length, before.length, SIDECAR_LIMITS);
