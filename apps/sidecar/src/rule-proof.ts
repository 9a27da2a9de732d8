import { basename } from 'node:path';
import { listOf, recordOf, ruleIdentity, type RuleIdentity } from './rule-identity';

/** One rule as the target shows it. */
export interface LoadedRule extends RuleIdentity {
  health: string;
  lastError: string | null;
  /** Time of the last evaluation by the target's clock in epoch ms; null = not evaluated since it was loaded. */
  lastEvaluation: number | null;
  /** What that evaluation took; null when the target does not say. */
  evaluationSeconds: number | null;
  /** How often its group is evaluated; null when the target does not say. */
  intervalSeconds: number | null;
  /** How many of its alerts fire. */
  firing: number;
}

/** How far one rule of our file got. `missing` = the target does not have it. */
export interface RuleStanding {
  rule: RuleIdentity;
  standing: 'missing' | 'loaded' | 'live' | 'failed';
  reason: string | null;
  health: string | null;
  lastEvaluation: number | null;
  evaluationSeconds: number | null;
  intervalSeconds: number | null;
  firing: number;
}

/** Whether the target runs exactly what the file says, and how each rule stands. */
export interface LoadProof {
  loaded: boolean;
  /** What differs, in words; null when loaded. */
  detail: string | null;
  rules: RuleStanding[];
}

/** The rules of `/api/v1/rules` that come from our file, or why that cannot be told. */
export interface LoadedFile {
  rules: LoadedRule[];
  problem: string | null;
}

/**
 * Picks our file out of the body of `/api/v1/rules`. The target may see the file under another directory (mounts), so
 * the exact path is preferred and the file name is enough; two foreign files of that name cannot be told apart.
 */
export function loadedFile(body: string, configPath: string): LoadedFile {
  const groups = listOf(recordOf(recordOf(JSON.parse(body))['data'])['groups']).map(recordOf);
  const named = groups.filter((group) => String(group['file']).split('/').at(-1) === basename(configPath));
  const exact = named.filter((group) => group['file'] === configPath);
  const ours = exact.length > 0 ? exact : named;
  if (new Set(ours.map((group) => group['file'])).size > 1) {
    return { rules: [], problem: `the target loads several files named ${basename(configPath)}` };
  }
  return {
    rules: ours.flatMap((group) => listOf(group['rules']).map((rule) => loadedRule(group, recordOf(rule)))),
    problem: null,
  };
}

function loadedRule(group: Record<string, unknown>, rule: Record<string, unknown>): LoadedRule {
  const identity = ruleIdentity(String(group['name']), {
    name: String(rule['name']),
    isAlert: rule['type'] === 'alerting',
    labels: rule['labels'],
    annotations: rule['annotations'],
  });
  const evaluated = Date.parse(String(rule['lastEvaluation']));
  const [seconds, interval] = [rule['evaluationTime'], group['interval']];
  return {
    ...identity,
    health: String(rule['health'] ?? 'unknown'),
    lastError:
      typeof rule['lastError'] === 'string' && rule['lastError'] !== '' ? rule['lastError'].slice(0, 300) : null,
    // A rule that was never evaluated has Go's zero time, year 1.
    lastEvaluation: Number.isNaN(evaluated) || evaluated <= 0 ? null : evaluated,
    evaluationSeconds: typeof seconds === 'number' ? seconds : null,
    intervalSeconds: typeof interval === 'number' && interval > 0 ? interval : null,
    firing: listOf(rule['alerts']).filter((alert) => recordOf(alert)['state'] === 'firing').length,
  };
}

/**
 * Compares the rules of our file with those the target shows. Loaded means equal sets: a rule too many proves that a
 * deletion has not arrived. Recording rules count only together with all others, among which is a marker of this very file
 * (ADR 30). A rule is live once it was evaluated without error at or after `since` (epoch ms by the
 * target's clock, null = any evaluation counts).
 */
export function proveRules(expected: readonly RuleIdentity[], shown: LoadedFile, since: number | null): LoadProof {
  const byKey = new Map<string, LoadedRule[]>();
  for (const rule of shown.rules) byKey.set(rule.key, [...(byKey.get(rule.key) ?? []), rule]);
  const rules = expected.map((rule) => standingOf(rule, byKey.get(rule.key)?.shift(), since));
  const missingCount = rules.filter((entry) => entry.standing === 'missing').length;
  const extra = shown.rules.length - (expected.length - missingCount);
  if (missingCount === 0 && extra === 0 && shown.problem === null) return { loaded: true, detail: null, rules };
  const detail = shown.problem ?? difference(missingCount, extra, shown.rules.length);
  // A recording rule does not show its version: it may be that of another file as long as anything differs.
  const proven = rules.map((entry) => (entry.rule.isRecording ? missing(entry.rule) : entry));
  return { loaded: false, detail, rules: proven };
}

function difference(lacking: number, extra: number, shown: number): string {
  if (shown === 0)
    return `the target shows none of the ${lacking} rules of the file (is the file listed in rule_files?)`;
  const parts = [
    lacking > 0 ? `${lacking} rules of the file are missing` : '',
    extra > 0 ? `${extra} rules are not in the file` : '',
  ];
  return `the target shows another rule set: ${parts.filter((part) => part !== '').join(', ')}`;
}

/** A rule that the target does not show. */
export const missing = (rule: RuleIdentity): RuleStanding => ({
  rule,
  standing: 'missing',
  reason: null,
  health: null,
  lastEvaluation: null,
  evaluationSeconds: null,
  intervalSeconds: null,
  firing: 0,
});

function standingOf(rule: RuleIdentity, shown: LoadedRule | undefined, since: number | null): RuleStanding {
  if (shown === undefined) return missing(rule);
  const { health, lastError, lastEvaluation, evaluationSeconds, intervalSeconds, firing } = shown;
  const isFresh = lastEvaluation !== null && (since === null || lastEvaluation >= since);
  const seen = { rule, health, lastEvaluation, evaluationSeconds, intervalSeconds, firing };
  if (isFresh && health === 'err') return { ...seen, standing: 'failed', reason: lastError ?? 'the evaluation fails' };
  return { ...seen, standing: isFresh && health === 'ok' ? 'live' : 'loaded', reason: null };
}
