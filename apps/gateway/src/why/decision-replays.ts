import { decideEvent, diffOf, expandSituation, type PipelineEvent, type Verdict } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { iso } from '../alerts/wire-time';
import type { ProcessingRecord } from '../ledger/processing-record';
import { normalise } from '../pipeline/normalise';
import { bareEvent } from '../policies/bare-event';
import { PolicyStore } from '../policies/policy-store';
import { StoredWebhooks, type StoredWebhook } from '../policies/stored-webhooks';
import type { DecisionOutcome, ReplayedDecisionView } from './decisions.dto';

/** A decision taken again, with what it was taken about. */
export interface DecidedAgain {
  event: PipelineEvent;
  verdict: Verdict;
  version: number;
}

/** Takes stored decisions again: the same event, the same situation, the same or another version of the policy. */
@Injectable()
export class DecisionReplays {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly webhooks: StoredWebhooks,
  ) {}

  /** Compares a stored decision with itself taken again. Errors: ServiceError `not_found` for a version that there is not. */
  async compare(
    record: ProcessingRecord,
    version?: number | null,
    archived?: StoredWebhook,
  ): Promise<ReplayedDecisionView> {
    const { inbox_id, alert_index, received_at, policy_version, disposition, why, stages } = record;
    const joined_incident_id = disposition === 'merged' ? record.incident_id : null;
    const stored: DecisionOutcome = { policy_version, disposition, why, stages, joined_incident_id };
    const place = { inbox_id, alert_index, received_at: iso(received_at), stored };
    const again = await this.again(record, version, archived);
    if (typeof again === 'string')
      return { ...place, identical: null, problem: again, replayed: null, differences: [] };
    const replayed = outcomeOf(again);
    const { policy_version: _stored, ...before } = stored;
    const { policy_version: _replayed, ...after } = replayed;
    const differences = diffOf(before, after);
    return { ...place, identical: differences.length === 0, problem: null, replayed, differences };
  }

  /** The suppression that hid the alert before a decision; null when none did. */
  knownSuppression({ facts }: ProcessingRecord): string | null {
    return facts === null ? null : (expandSituation(facts).known?.suppressed_by ?? null);
  }

  /** A decision taken again, or why that is not possible. `archived`: the webhook, when it is in the tables no more. */
  async again(
    record: ProcessingRecord,
    version?: number | null,
    archived?: StoredWebhook,
  ): Promise<DecidedAgain | string> {
    if (record.disposition === 'quarantined') return 'it was set aside before anything was decided';
    if (record.facts === null || record.policy_version === 0)
      return 'it was decided before decisions were stored with what they were based on';
    const webhook = archived
      ? (await this.webhooks.withMappings([archived]))[0]
      : await this.webhooks.find(record.inbox_id);
    if (!webhook) return 'the webhook it came with is not stored any more';
    const number = version ?? record.policy_version;
    const policy = await this.policies.version(this.dataSource.manager, number);
    const { events } = await normalise([webhook], policy);
    const found = events.find(({ index }) => index === record.alert_index);
    if (!found) throw new ServiceError('internal', 'a stored alert was read before and cannot be read now');
    const event = bareEvent(found);
    return { event, verdict: decideEvent(policy, event, expandSituation(record.facts)), version: number };
  }
}

function outcomeOf({ verdict, version }: DecidedAgain): DecisionOutcome {
  const { disposition, why, notes, incident } = verdict;
  return {
    policy_version: version,
    disposition,
    why,
    stages: notes,
    joined_incident_id: incident.kind === 'join' ? incident.id : null,
  };
}
