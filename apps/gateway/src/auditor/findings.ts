import { Clock, inTransaction, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { InboxQueue } from '../intake/inbox-queue';
import { PipelineBell } from '../intake/pipeline-bell';
import type { Finding, FindingKind } from './checks';
import { GatewayFinding } from './gateway-finding.entity';

/** The cluster id under which AlertAgent's alerts about itself appear. */
export const OWN_CLUSTER = 'alertagent';

/** Remembers what the auditor found, and raises an alert for each finding until it is cleared. */
@Injectable()
export class Findings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly inbox: InboxQueue,
    private readonly bell: PipelineBell,
  ) {}

  /**
   * Compares what is found now with what was: raises what is new, and clears what is gone of the kinds that were `looked` for. Returns what is
   * open. Errors: those of the database.
   */
  async update(found: readonly Finding[], looked: readonly FindingKind[]): Promise<GatewayFinding[]> {
    const now = this.clock.now().getTime();
    const update = (): ReturnType<Findings['updateIn']> =>
      inTransaction(this.dataSource, (tx) => this.updateIn(tx, found, looked, now));
    const { open, changed } = await update().catch((error: unknown) => {
      // Another gateway raised the same at this moment: the second time it is known.
      if (isUniqueViolation(error)) return update();
      throw error;
    });
    if (changed) this.bell.ring();
    return open;
  }

  private async updateIn(
    tx: EntityManager,
    found: readonly Finding[],
    looked: readonly FindingKind[],
    now: number,
  ): Promise<{ open: GatewayFinding[]; changed: boolean }> {
    const known = await tx.findBy(GatewayFinding, { cleared_at: IsNull() });
    const knownKeys = new Set(known.map(keyOf));
    const foundKeys = new Set(found.map(keyOf));
    const raised = found
      .filter((finding) => !knownKeys.has(keyOf(finding)))
      .map((finding) => ({ ...finding, id: newId(), found_at: now, cleared_at: null, open_key: keyOf(finding) }));
    const isGone = (finding: GatewayFinding): boolean =>
      !foundKeys.has(keyOf(finding)) && looked.some((kind) => kind === finding.kind);
    const cleared: GatewayFinding[] = [];
    if (raised.length > 0) await tx.insert(GatewayFinding, raised);
    for (const finding of known.filter(isGone)) {
      const where = { id: finding.id, cleared_at: IsNull() };
      const { affected } = await tx.update(GatewayFinding, where, { cleared_at: now, open_key: null });
      // None: another gateway cleared it, and said so.
      if (affected === 1) cleared.push(finding);
    }
    const alerts = [
      ...raised.map((finding) => alertOf(finding, null)),
      ...cleared.map((finding) => alertOf(finding, now)),
    ];
    if (alerts.length > 0) {
      await this.inbox.enqueue(tx, {
        id: newId(),
        cluster_id: OWN_CLUSTER,
        received_at: now,
        alert_count: alerts.length,
        good_count: alerts.length,
        body: JSON.stringify({ version: '4', receiver: 'alertagent', alerts }),
      });
    }
    const stillOpen = known.filter((finding) => !isGone(finding));
    return { open: [...stillOpen, ...raised], changed: alerts.length > 0 };
  }
}

const keyOf = ({ kind, subject }: { kind: string; subject: string }): string => `${kind} ${subject}`;

function alertOf({ kind, subject, detail, found_at }: GatewayFinding, endedAt: number | null): unknown {
  return {
    status: endedAt === null ? 'firing' : 'resolved',
    labels: { alertname: 'AlertAgentStuckWork', severity: 'critical', kind, subject, source: 'alertagent' },
    annotations: { summary: 'Work is stuck inside AlertAgent', description: detail },
    startsAt: new Date(found_at).toISOString(),
    endsAt: endedAt === null ? '0001-01-01T00:00:00Z' : new Date(endedAt).toISOString(),
  };
}
