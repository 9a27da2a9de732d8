import { getRuleFacts, ServiceError, type RuleFactsView } from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { StoredRule } from '../rules/stored-rule';

/** Rules per question. */
const BATCH = 500;

/** What the gateway knows, or why it could not say. */
export interface GatewayFacts {
  /** By {@link factsKey}. */
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
    const wanted = rules.filter((rule) => !known.rules.has(factsKey(rule)));
    try {
      for (let at = 0; at < wanted.length && known.reason === null; at += BATCH) {
        const asked = wanted.slice(at, at + BATCH).map((rule) => ({ rule_id: rule.id, labels: alertLabels(rule) }));
        const answer = await this.bus.request(getRuleFacts, { rules: asked });
        known.namesTeams = answer.teams_named > 0;
        const byId = new Map(answer.rules.map((facts) => [facts.rule_id, facts]));
        for (const rule of wanted.slice(at, at + BATCH)) {
          const facts = byId.get(rule.id);
          if (facts) known.rules.set(factsKey(rule), facts);
        }
      }
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      known.reason = error.message.slice(0, 1000);
    }
  }
}

/** Who is told depends on the labels, which overrides make others on some clusters. */
export const factsKey = (rule: StoredRule): string =>
  JSON.stringify([rule.id, Object.entries(alertLabels(rule)).sort(([one], [other]) => (one < other ? -1 : 1))]);

const alertLabels = ({ name, severity, labels }: StoredRule): Record<string, string> => ({
  ...labels,
  ...(severity ? { severity } : {}),
  alertname: name,
});
