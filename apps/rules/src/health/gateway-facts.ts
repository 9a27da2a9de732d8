import { getRuleFacts, ServiceError, type RuleFactsView } from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { StoredRule } from '../rules/stored-rule';

/** Rules per question. */
const BATCH = 500;

/** What the gateway knows, or why it could not say. */
export interface GatewayFacts {
  rules: Map<string, RuleFactsView>;
  /** Whether the routing policy names any team. */
  namesTeams: boolean;
  reason: string | null;
}

/** Asks the gateway who would be told of the alerts of rules, and when they fired. */
@Injectable()
export class GatewayFactsReader {
  constructor(private readonly bus: Bus) {}

  /** Adds to `known` what is not known yet of these rules. Never fails: the reason is told. */
  async add(known: GatewayFacts, rules: readonly StoredRule[]): Promise<void> {
    const wanted = rules.filter(({ id }) => !known.rules.has(id));
    try {
      for (let at = 0; at < wanted.length && known.reason === null; at += BATCH) {
        const asked = wanted.slice(at, at + BATCH).map((rule) => ({ rule_id: rule.id, labels: alertLabels(rule) }));
        const answer = await this.bus.request(getRuleFacts, { rules: asked });
        known.namesTeams = answer.teams_named > 0;
        for (const facts of answer.rules) known.rules.set(facts.rule_id, facts);
      }
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      known.reason = error.message.slice(0, 1000);
    }
  }
}

const alertLabels = ({ name, severity, labels }: StoredRule): Record<string, string> => ({
  ...labels,
  ...(severity ? { severity } : {}),
  alertname: name,
});
