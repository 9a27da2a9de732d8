import {
  memberReported,
  revisionApplied,
  revisionRejected,
  type EventContract,
  type MemberReported,
  type SidecarReport,
} from '@alertagent/contracts';
import { Clock, inTransaction, isUniqueViolation, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConfigMetrics } from '../config-metrics';
import type { ConfigKey } from '../revisions/config-key';
import type { Member } from './member.entity';
import { MembersStore, type MemberStanding } from './members.store';
import { ReportEvidence } from './report-evidence';
import { reportHash } from './report-hash';

/** Heartbeats without news are passed on at most this often per member, in milliseconds. */
const HEARTBEAT_EVERY_MS = 10_000;

/** Takes what sidecars report and tells the other services what is new in it. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly members: MembersStore,
    private readonly evidence: ReportEvidence,
    private readonly outbox: Outbox,
    private readonly metrics: ConfigMetrics,
    private readonly clock: Clock,
  ) {}

  /** `clusterId` is the token's. Errors: ServiceError `unavailable`; the sidecar then reports again. */
  async take(clusterId: string, report: SidecarReport): Promise<void> {
    const key: ConfigKey = { clusterId, type: report.type };
    this.metrics.reported(report.type, report.state);
    const hash = reportHash(report);
    const known = await this.members.find(this.dataSource.manager, key, report.member);
    const isNews = known?.reportHash !== hash;
    const now = this.clock.now();
    if (known && !isNews && now.getTime() - known.lastEmitted.getTime() < HEARTBEAT_EVERY_MS) return;
    const event = await this.eventOf(key, report, now);
    const contract = isNews ? contractFor(event) : memberReported;
    const standing: MemberStanding = {
      state: report.state,
      revision: report.revision ?? null,
      hash: report.hash ?? null,
      reportHash: hash,
      lastSeen: now,
      lastEmitted: now,
    };
    try {
      await this.write({ key, known, standing, contract, event });
    } catch (error) {
      if (known || !isUniqueViolation(error)) throw error;
      // Two first reports at once: the other one has made the row.
      const theirs = await this.members.find(this.dataSource.manager, key, report.member);
      await this.write({ key, known: theirs, standing, contract, event });
    }
  }

  private async write(change: {
    key: ConfigKey;
    known: Member | null;
    standing: MemberStanding;
    contract: EventContract<MemberReported>;
    event: MemberReported;
  }): Promise<void> {
    const { key, known, standing, contract, event } = change;
    await inTransaction(this.dataSource, async (tx) => {
      if (known) await this.members.update(tx, known.id, standing);
      else await this.members.add(tx, key, event.member, standing);
      await this.outbox.add(tx, contract, event);
    });
  }

  private async eventOf(key: ConfigKey, report: SidecarReport, now: Date): Promise<MemberReported> {
    const { rules, exact } = await this.evidence.of(key, report);
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
      clock_ahead_ms: report.sent_at ? Date.parse(report.sent_at) - now.getTime() : null,
      reported_at: now.toISOString(),
    };
  }
}

/** `loaded` counts as applied only with proof; anything short of proof or failure is a step on the way. */
function contractFor({ state, exact }: MemberReported): EventContract<MemberReported> {
  if (state === 'failed') return revisionRejected;
  return state === 'live' || (state === 'loaded' && exact) ? revisionApplied : memberReported;
}
