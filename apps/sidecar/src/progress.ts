import type { ReportedKeys } from './reported-keys';
import type { RuleIdentity } from './rule-identity';
import { missing, type RuleStanding } from './rule-proof';
import type { ConfigType } from './settings';
import type { TargetHealth } from './target';

/** Longest group or rule name in a report, in characters; rules are told apart by their ids. */
const MAX_NAME = 300;
const MAX_GROUP = 500;

/** How far the file on disk got. `idle` = AlertAgent has not given this target anything yet. */
export type Phase = 'idle' | 'fetched' | 'written' | 'reloaded' | 'loaded' | 'live';

/** Body of `POST /api/v1/configs/reports`. */
export interface SidecarReport {
  cluster_id: string;
  type: ConfigType;
  member: string;
  sidecar_version: string;
  state: Phase | 'failed';
  /** The revision that `state` is about, null when there is none. */
  revision: number | null;
  /** SHA-256 of the file on disk, null without a file. */
  hash: string | null;
  /** SHA-256 of what the target is proven to run, null when that is not proven. */
  loaded_hash: string | null;
  reason: string | null;
  target: TargetHealth | null;
  drift_repaired: number;
  keys: ReportedKeys;
  rules: RuleReport[];
}

/** One rule in a report. */
export interface RuleReport {
  group: string;
  name: string;
  rule_id: string | null;
  rule_version: number | null;
  status: 'loaded' | 'live' | 'failed';
  reason: string | null;
  health: string | null;
  last_evaluation: string | null;
  evaluation_seconds: number | null;
  firing: number;
}

/** A revision that did not make it. Its predecessor may well be live meanwhile. */
export interface Failure {
  revision: number | null;
  reason: string;
  /** The rules of that revision; empty when they are not known any more. */
  rejected: readonly RuleIdentity[];
}

/** Who is reporting. */
export interface Sender {
  clusterId: string;
  type: ConfigType;
  member: string;
  version: string;
}

/** Where things stand, kept by those who change them and turned into reports. */
export class Progress {
  phase: Phase = 'idle';
  /** Revision on disk, null or 0 when it is not one of AlertAgent's. */
  revision: number | null = null;
  /** Why the phase goes no further, e.g. that the target is down. */
  reason: string | null = null;
  diskHash: string | null = null;
  loadedHash: string | null = null;
  rules: RuleStanding[] = [];
  failure: Failure | null = null;
  /** Why the last download was not used; the phase is not touched by it. */
  problem: string | null = null;
  /** Who else was started for the file; it changes nothing about the state. */
  rival: string | null = null;
  /** Why nothing is written, although there may be something to write: somebody else keeps the file too. */
  conflict: string | null = null;
  /** Why file or target could not be looked after, e.g. that the place of the file cannot be read. */
  trouble: string | null = null;
  target: TargetHealth | null = null;
  driftRepaired = 0;

  /** @param keys the signing keys that it goes by at this moment */
  constructor(
    private readonly sender: Sender,
    private readonly keys: () => ReportedKeys,
  ) {}

  /** The report of this moment. */
  report(): SidecarReport {
    const { sender } = this;
    return {
      cluster_id: sender.clusterId,
      type: sender.type,
      member: sender.member,
      sidecar_version: sender.version,
      ...this.verdict(),
      hash: this.diskHash,
      loaded_hash: this.loadedHash,
      target: this.target,
      drift_repaired: this.driftRepaired,
      keys: this.keys(),
    };
  }

  private verdict(): Pick<SidecarReport, 'state' | 'revision' | 'reason' | 'rules'> {
    const revision = this.revision || null;
    const obstacle = this.conflict ?? this.problem ?? this.trouble;
    if (obstacle !== null)
      return { state: 'failed', revision, reason: obstacle, rules: ruleReports(this.rules, obstacle) };
    if (this.failure !== null) {
      const { reason, rejected } = this.failure;
      return {
        state: 'failed',
        revision: this.failure.revision,
        reason,
        rules: ruleReports(standingsOf(rejected, this.rules), reason),
      };
    }
    const failing = this.rules.filter((entry) => entry.standing === 'failed').length;
    const reason =
      this.reason ?? (failing > 0 ? `${failing} of ${this.rules.length} rules fail when they are evaluated` : null);
    return {
      state: this.phase,
      revision,
      reason: reason ?? this.rival,
      rules: ruleReports(this.rules, reason),
    };
  }
}

/** How the rules of a rejected revision stand: those that the file on disk has too may be live. Recording rules do not show whether they are the same. */
function standingsOf(rejected: readonly RuleIdentity[], onDisk: readonly RuleStanding[]): RuleStanding[] {
  const byKey = new Map(onDisk.map((entry) => [entry.rule.key, entry]));
  return rejected.map((rule) => (rule.isRecording ? undefined : byKey.get(rule.key)) ?? missing(rule));
}

/** A rule that the target lacks counts as failed, for the reason that its revision failed. */
function ruleReports(standings: readonly RuleStanding[], reason: string | null): RuleReport[] {
  return standings.map(({ rule, standing, reason: own, health, lastEvaluation, ...figures }) => ({
    group: rule.group.slice(0, MAX_GROUP),
    name: rule.name.slice(0, MAX_NAME),
    rule_id: rule.ruleId,
    rule_version: rule.ruleVersion,
    status: standing === 'missing' ? 'failed' : standing,
    reason: standing === 'missing' ? reason : own,
    health,
    last_evaluation: lastEvaluation === null ? null : new Date(lastEvaluation).toISOString(),
    evaluation_seconds: figures.evaluationSeconds,
    interval_seconds: figures.intervalSeconds,
    firing: figures.firing,
  }));
}
