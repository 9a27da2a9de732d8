import {
  backtestEvents,
  compilePolicy,
  countPages,
  nightsIn,
  type CompiledPolicy,
  type FiredAlert,
  type PolicySnapshot,
} from '@alertagent/alerting';
import { getPolicyInForce, ServiceError, type BacktestPages } from '@alertagent/contracts';
import { Bus, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { BacktestSpec } from './backtest-spec';

/** Firings whose pages are counted: each takes two decisions of the pipeline. */
const MOST_FIRINGS = 50_000;

/** The policy that decides about alerts, or why it cannot be had. */
export type PolicyAtHand = { policy: CompiledPolicy } | { unknown: string };

/** Counts, with the gateway's policy and its own decisions, whom alerts would have disturbed. */
@Injectable()
export class RulePages {
  constructor(private readonly bus: Bus) {}

  /** Asked once for a backtest, so that both of its rules are judged alike. */
  async policy(): Promise<PolicyAtHand> {
    try {
      const { version, snapshot } = await this.bus.request(getPolicyInForce, {});
      const result = compilePolicy(snapshot as PolicySnapshot, version);
      return result.ok ? { policy: result.policy } : { unknown: 'the policy in force is not understood here' };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { unknown: `the policy could not be had: ${error.message}` };
    }
  }

  async count(
    alerts: readonly FiredAlert[],
    spec: BacktestSpec,
    { externalLabels, at }: { externalLabels: Record<string, string>; at: PolicyAtHand },
  ): Promise<{ pages: BacktestPages | null; pages_unknown: string | null }> {
    if ('unknown' in at) return { pages: null, pages_unknown: at.unknown };
    const firings = alerts.reduce((sum, alert) => sum + alert.firings.length, 0);
    if (firings > MOST_FIRINGS)
      return { pages: null, pages_unknown: `${firings} firings are too many to go through the policy` };
    const sender = {
      clusterId: spec.clusterId ?? 'backtest',
      externalLabels,
      ignoreLabels: at.policy.ignore_labels,
    };
    const counts = await countPages(at.policy, backtestEvents(alerts, sender), {
      from: spec.from,
      isNight: nightsIn(spec.timeZone) ?? (() => false),
      newId,
    });
    return { pages: { policy_version: at.policy.version, ...counts }, pages_unknown: null };
  }
}
