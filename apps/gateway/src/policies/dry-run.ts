import {
  checkPolicy,
  compilePolicy,
  compileSchedules,
  explainRouting,
  groupingOf,
  normaliseAlert,
  severityRank,
  type CompiledPolicy,
  type NormalisedAlert,
  type PolicyDocument,
} from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { iso } from '../alerts/wire-time';
import type { DryRunInput, DryRunView, SampleAlert, SampleOutcome } from './dry-run.dto';
import { PolicyStore } from './policy-store';
import { readPolicy } from './read-policy';

/** A policy to try, and what to say about it. */
interface Trial {
  document: PolicyDocument;
  compiled: CompiledPolicy;
  version: number | null;
  warnings: DryRunView['warnings'];
}

/** Tries policies on sample alerts. Stores nothing. */
@Injectable()
export class DryRun {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly clock: Clock,
  ) {}

  /** What the policy would make of each alert by itself. Errors: ServiceError `invalid` for a faulty policy, alert or time. */
  async run({ policy, alerts, at }: DryRunInput): Promise<DryRunView> {
    const now = at === undefined ? this.clock.now().getTime() : timeOf(at, '/at');
    const trial = await this.trialOf(policy ? readPolicy(policy) : null);
    return {
      policy_version: trial.version,
      at: iso(now),
      warnings: trial.warnings,
      items: alerts.map((alert, index) => outcomeOf(trial, normalised(alert, index, now, trial.compiled), now)),
    };
  }

  private trialOf(policy: PolicyDocument | null): Promise<Trial> {
    return inTransaction(this.dataSource, async (tx) => {
      const compiled = await this.policies.current(tx);
      const inForce = await this.policies.snapshot(tx, compiled.version);
      if (policy === null) return { document: inForce.policy, compiled, version: compiled.version, warnings: [] };
      const snapshot = { ...inForce, policy };
      const { problems, warnings } = checkPolicy(snapshot);
      const result = compilePolicy(snapshot, 0);
      if (problems.length > 0 || !result.ok)
        throw new ServiceError('invalid', 'the policy has problems', { errors: problems });
      return { document: policy, compiled: result.policy, version: null, warnings };
    });
  }
}

function outcomeOf({ document, compiled }: Trial, alert: NormalisedAlert, at: number): SampleOutcome {
  const event = { alert, at };
  const grouping = groupingOf(compiled.convergence, alert);
  const hidden = alert.status === 'firing' ? compiled.suppressions.judge(event, { markers: [], caps: {} }) : null;
  const schedules = compileSchedules(document.schedules).value;
  return {
    grouping: {
      rule: grouping.rule.name,
      by: grouping.rule.strategy.by,
      group_key: grouping.group_key,
      group_labels: { ...grouping.group_labels },
      may_join: grouping.keys,
    },
    suppressed_by: hidden && { id: hidden.suppression_id, name: hidden.name, why: hidden.why },
    priority: compiled.priorityOf({
      alert,
      at,
      severity_rank: severityRank(alert.severity),
      alerts: 1,
      clusters: 1,
      past_incidents: 0,
      storm: false,
    }),
    routes: compiled.routesOf(event),
    route_reasons: explainRouting(document.routing, schedules, event),
  };
}

function normalised(
  sample: SampleAlert,
  index: number,
  now: number,
  { ignore_labels }: CompiledPolicy,
): NormalisedAlert {
  const { labels, annotations = {}, status = 'firing', cluster_id = 'sample', starts_at } = sample;
  if (starts_at !== undefined) timeOf(starts_at, `/alerts/${index}/starts_at`);
  const wire = { status, labels, annotations, startsAt: starts_at ?? iso(now) };
  const ended = status === 'resolved' ? { endsAt: iso(now) } : {};
  try {
    return normaliseAlert({ ...wire, ...ended }, cluster_id, ignore_labels);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const detail = 'such an alert would be set aside: give it labels with names and values';
    throw new ServiceError('invalid', detail, { errors: [{ pointer: `/alerts/${index}`, code: 'bad_alert', detail }] });
  }
}

function timeOf(text: string, pointer: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  const detail = 'there is no such time';
  throw new ServiceError('invalid', detail, { errors: [{ pointer, code: 'bad_time', detail }] });
}
