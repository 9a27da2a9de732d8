import {
  memberReported,
  revisionApplied,
  revisionRejected,
  type EventContract,
  type MemberReported,
  type SidecarReport,
} from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { ConfigMetrics } from '../config-metrics';
import type { ConfigKey } from '../revisions/config-key';
import { MemberRecords } from './member-records';
import { memberStanding } from './member-standing';
import { observationOf } from './observation';
import { ReportEvidence, type Evidence } from './report-evidence';
import { reportHash } from './report-hash';

/** Heartbeats without news are passed on at most this often per member, in milliseconds. */
const HEARTBEAT_EVERY_MS = 10_000;

/** Takes what sidecars report and tells the other services what is new in it. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly records: MemberRecords,
    private readonly evidence: ReportEvidence,
    private readonly metrics: ConfigMetrics,
    private readonly clock: Clock,
  ) {}

  /** `clusterId` is the token's. Errors: ServiceError `unavailable`; the sidecar then reports again. */
  async take(clusterId: string, report: SidecarReport): Promise<void> {
    const key: ConfigKey = { clusterId, type: report.type };
    this.metrics.reported(report.type, report.state);
    const hash = reportHash(report);
    const now = this.clock.now();
    const { isPast, ageMs } = observationOf(report, now);
    if (isPast) {
      const unproven: Evidence = { rules: report.rules, exact: false };
      const standing = memberStanding(report, unproven, hash, new Date(now.getTime() - ageMs));
      return this.records.writePast(key, report.member, standing, ageMs);
    }
    const known = await this.records.find(key, report.member);
    const isNews = known?.reportHash !== hash;
    if (known && !isNews && now.getTime() - known.lastEmitted.getTime() < HEARTBEAT_EVERY_MS) return;
    const evidence = await this.evidence.of(key, report);
    const event = eventOf(key, report, evidence, now);
    await this.records.write({
      key,
      known,
      standing: memberStanding(report, evidence, hash, now),
      contract: isNews ? contractFor(event) : memberReported,
      event,
    });
  }
}

function eventOf(key: ConfigKey, report: SidecarReport, { rules, exact }: Evidence, now: Date): MemberReported {
  const { type, member, state, revision, reason, target } = report;
  return {
    cluster_id: key.clusterId,
    type,
    member,
    state,
    revision,
    reason,
    target,
    rules,
    exact,
    drift_repaired: report.drift_repaired ?? null,
    clock_ahead_ms: report.sent_at ? Date.parse(report.sent_at) - now.getTime() : null,
    reported_at: now.toISOString(),
  };
}

/** `loaded` counts as applied only with proof; anything short of proof or failure is a step on the way. */
function contractFor({ state, exact }: MemberReported): EventContract<MemberReported> {
  if (state === 'failed') return revisionRejected;
  return state === 'live' || (state === 'loaded' && exact) ? revisionApplied : memberReported;
}
