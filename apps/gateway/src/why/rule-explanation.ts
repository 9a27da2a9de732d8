import { compileSchedules, explainRouting, groupingOf, type PolicySnapshot } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ProcessingRecord } from '../ledger/processing-record';
import { PolicyStore } from '../policies/policy-store';
import { DecisionReplays } from './decision-replays';
import type { AlertWhyView, RuleReasonView } from './why.dto';

type Explained = Pick<AlertWhyView, 'explained_with' | 'convergence' | 'routes'>;

/** Tells which convergence rule and which routes an alert took, and why not the others. */
@Injectable()
export class RuleExplanation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly replays: DecisionReplays,
  ) {}

  /** Rules and routes as the first decision saw them. */
  async of(events: readonly ProcessingRecord[]): Promise<Explained> {
    for (const record of events) {
      if (record.event_status !== 'firing') continue;
      const again = await this.replays.again(record);
      if (typeof again === 'string') continue;
      const { event, version } = again;
      const { manager } = this.dataSource;
      const snapshot = await this.policies.snapshot(manager, version);
      const { rule } = groupingOf((await this.policies.version(manager, version)).convergence, event.alert);
      const schedules = compileSchedules(snapshot.policy.schedules).value;
      return {
        explained_with: version,
        convergence: rulesUpTo(rule.name, snapshot),
        routes: explainRouting(snapshot.policy.routing, schedules, event),
      };
    }
    return { explained_with: null, convergence: [], routes: [] };
  }
}

/** Rules are tried in order: those before the one that was taken did not apply, those behind it were not looked at. */
function rulesUpTo(taken: string, { policy }: PolicySnapshot): RuleReasonView[] {
  const place = policy.convergence.findIndex(({ name }) => name === taken);
  return policy.convergence.map(({ name, match, condition }, index) => {
    const test = [...match, ...(condition ? [condition] : [])].join(' and ');
    if (index > place) return { name, taken: false, why: `not looked at: "${taken}" before it applies` };
    if (index === place)
      return { name, taken: true, why: test === '' ? 'it applies to everything' : `it applies: ${test}`.slice(0, 300) };
    return { name, taken: false, why: `the alert does not satisfy ${test}`.slice(0, 300) };
  });
}
