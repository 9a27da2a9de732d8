import type { ConfigType } from '@alertagent/contracts';
import type { ConfigHistory } from '../revisions/revisions.store';
import { isConfirmedAnew } from './confirmed-removal';
import type { DesiredFile } from './desired-file';
import { lossesText, massRemoval, removalText, unexplainedLosses, type RemovalLimits } from './rule-changes';

/** What is to be done with a freshly rendered file, as far as that can be said without promtool. */
export type Decision =
  | { kind: 'leave'; outcome: 'unchanged' | 'skipped' }
  | { kind: 'refuse'; reason: string }
  | { kind: 'publish'; content: string; hash: string; emptyConfirmed: boolean };

/**
 * Compares what is wanted with what is served. The same bytes never become a new revision, because every reload makes
 * Alertmanager and Prometheus start over; unless somebody confirmed it for sidecars that refuse it. A file without rules is only published when somebody withdrew the last one;
 * a cluster that never had rules gets no file at all, so that nothing of its owner's is overwritten by emptiness. Many
 * rules at once only vanish when somebody confirmed exactly this file.
 */
export function decideRevision(
  type: ConfigType,
  history: ConfigHistory,
  desired: DesiredFile,
  limits: RemovalLimits,
): Decision {
  if (desired.kind === 'unrenderable') return { kind: 'refuse', reason: desired.reason };
  const { content, hash, manifest, withdrawnRuleIds } = desired;
  const isEmpty = type === 'prometheus-rules' && manifest.length === 0;
  if (history.served?.hash === hash) {
    // A sidecar that was left behind takes it only under a signature that says from where.
    if (isConfirmedAnew(history)) return { kind: 'publish', content, hash, emptyConfirmed: isEmpty };
    return { kind: 'leave', outcome: 'unchanged' };
  }
  const servedRules = history.served?.manifest ?? [];
  const losses = unexplainedLosses(servedRules, manifest, withdrawnRuleIds);
  if (losses.length > 0) return { kind: 'refuse', reason: lossesText(losses) };
  if (isEmpty && servedRules.length === 0) return { kind: 'leave', outcome: 'skipped' };
  const removal = massRemoval(history, manifest, limits);
  if (removal && history.confirmedHash !== hash) return { kind: 'refuse', reason: removalText(removal) };
  return { kind: 'publish', content, hash, emptyConfirmed: isEmpty };
}
