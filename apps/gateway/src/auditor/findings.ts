import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { InboxQueue } from '../intake/inbox-queue';
import { PipelineBell } from '../intake/pipeline-bell';
import type { Finding } from './checks';
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

  /** Compares what is found now with what was: raises what is new, clears what is gone. Returns what is open. */
  async update(found: readonly Finding[]): Promise<GatewayFinding[]> {
    const now = this.clock.now().getTime();
    const { open, changed } = await inTransaction(this.dataSource, (tx) => this.updateIn(tx, found, now));
    if (changed) this.bell.ring();
    return open;
  }

  private async updateIn(
    tx: EntityManager,
    found: readonly Finding[],
    now: number,
  ): Promise<{ open: GatewayFinding[]; changed: boolean }> {
    const known = await tx.findBy(GatewayFinding, { cleared_at: IsNull() });
    const keyOf = ({ kind, subject }: { kind: string; subject: string }): string => `${kind} ${subject}`;
    const knownKeys = new Set(known.map(keyOf));
    const foundKeys = new Set(found.map(keyOf));
    const raised = found
      .filter((finding) => !knownKeys.has(keyOf(finding)))
      .map((finding) => ({ ...finding, id: newId(), found_at: now, cleared_at: null }));
    const cleared = known.filter((finding) => !foundKeys.has(keyOf(finding)));
    if (raised.length > 0) await tx.insert(GatewayFinding, raised);
    for (const { id } of cleared) await tx.update(GatewayFinding, { id, cleared_at: IsNull() }, { cleared_at: now });
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
    const stillOpen = known.filter((finding) => foundKeys.has(keyOf(finding)));
    return { open: [...stillOpen, ...raised], changed: alerts.length > 0 };
  }
}

function alertOf({ kind, subject, detail, found_at }: GatewayFinding, endedAt: number | null): unknown {
  return {
    status: endedAt === null ? 'firing' : 'resolved',
    labels: { alertname: 'AlertAgentStuckWork', severity: 'critical', kind, subject, source: 'alertagent' },
    annotations: { summary: 'Work is stuck inside AlertAgent', description: detail },
    startsAt: new Date(found_at).toISOString(),
    endsAt: endedAt === null ? '0001-01-01T00:00:00Z' : new Date(endedAt).toISOString(),
  };
}
