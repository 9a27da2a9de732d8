import type { SuppressionDefinition } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { iso, isoOrNull } from '../alerts/wire-time';
import type { ProcessingRecord } from '../ledger/processing-record';
import { PolicyStore } from '../policies/policy-store';
import { DecisionReplays } from './decision-replays';
import type { HidingSuppression, WhyEvent } from './why.dto';

/** Explains what was decided about single events. */
@Injectable()
export class WhyEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly replays: DecisionReplays,
  ) {}

  /** One event with the suppression that hid it, if one did. */
  async explain(record: ProcessingRecord): Promise<WhyEvent> {
    const { inbox_id, alert_index, event_status, disposition, why, policy_version, stages, incident_id } = record;
    return {
      inbox_id,
      alert_index,
      received_at: iso(record.received_at),
      event_status,
      disposition,
      why,
      policy_version,
      stages,
      incident_id,
      suppressed_by: await this.hiddenBy(record),
    };
  }

  /** A suppression as a version of the policy has it; null when it has none of this id. */
  async suppression(id: string, version: number): Promise<HidingSuppression | null> {
    const { suppressions } = await this.policies.snapshot(this.dataSource.manager, version);
    const found = suppressions.find((one) => one.id === id);
    return found ? suppressionView(found) : null;
  }

  /** Which one it was is part of the verdict, and the verdict follows from what is stored. */
  private async hiddenBy(record: ProcessingRecord): Promise<HidingSuppression | null> {
    if (!record.stages.some(({ stage, outcome }) => stage === 'suppress' && outcome === 'suppressed')) return null;
    const again = await this.replays.again(record);
    if (typeof again === 'string') return null;
    const { episode } = again.verdict;
    const id =
      episode.kind === 'start' || episode.kind === 'hidden_by'
        ? episode.suppressed_by
        : (this.replays.knownSuppression(record) ?? null);
    return id === null ? null : this.suppression(id, again.version);
  }
}

function suppressionView(definition: SuppressionDefinition): HidingSuppression {
  const { id, name, kind, owner, reason, starts_at_ms, ends_at_ms } = definition;
  return {
    id,
    name,
    kind,
    owner,
    reason,
    starts_at: iso(starts_at_ms),
    ends_at: isoOrNull(ends_at_ms),
    link: id.startsWith('config:') ? null : `/api/v1/suppressions/${id}`,
  };
}
