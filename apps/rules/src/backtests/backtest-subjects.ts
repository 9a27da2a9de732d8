import { parseDuration, renderedGroupName, validateRule } from '@alertagent/alerting';
import { ServiceError, type BacktestRuleInput, type BacktestSubject, type FieldProblem } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RuleGroupsStore } from '../rule-groups/rule-groups.store';
import { formerVersion } from '../rules/former-version';
import { ruleOnCluster, type RuleSite } from '../rules/rule-on-cluster';
import type { StoredRule } from '../rules/stored-rule';
import { RulesStore } from '../rules/rules.store';
import type { SubjectRule } from './backtest-spec';

const DEFAULT_NAME = 'backtest';
const DEFAULT_GROUP = 'alertagent';

/** Finds the rules that backtests are about, and reads those that are written out. */
@Injectable()
export class BacktestSubjects {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: RulesStore,
    private readonly groups: RuleGroupsStore,
  ) {}

  /**
   * `at` is where the subject stands in the request. A stored rule is taken with what is different about it at the site. Errors:
   * `invalid` with pointers; `not_found`.
   */
  async resolve({ rule_id, version, rule }: BacktestSubject, at: string, site: RuleSite): Promise<SubjectRule> {
    if (rule && rule_id) throw invalid(`${at}/rule`, 'ambiguous', 'give rule_id or rule, not both');
    if (rule) return writtenRule(rule, `${at}/rule`);
    if (!rule_id) throw invalid(`${at}/rule_id`, 'required', 'give rule_id, or rule with an expression');
    const stored = await this.atVersion(rule_id, version ?? null);
    if (!stored)
      throw new ServiceError('not_found', version ? 'there is no such version of the rule' : 'there is no such rule');
    if (stored.kind === 'recording')
      throw invalid(`${at}/rule_id`, 'not_alerting', 'it is a recording rule, which never fires');
    return this.storedRule(stored, site);
  }

  private async atVersion(ruleId: string, version: number | null): Promise<StoredRule | null> {
    const { manager } = this.dataSource;
    const rule = await this.rules.find(manager, ruleId);
    const row = rule && (await this.rules.version(manager, ruleId, version ?? rule.version));
    return row && formerVersion(rule, row.rule);
  }

  /** Versions were checked when they were saved. The settings of a group have no versions: they are taken as they are now. */
  private async storedRule(stored: StoredRule, site: RuleSite): Promise<SubjectRule> {
    const { rule } = ruleOnCluster(stored, site);
    const group = await this.groups.named(this.dataSource.manager, stored.namespace, stored.group);
    const severity: Record<string, string> = rule.severity ? { severity: rule.severity } : {};
    return {
      ruleId: stored.id,
      version: stored.version,
      name: rule.name,
      group: renderedGroupName(stored.namespace, stored.group),
      expression: rule.expression,
      duration: rule.duration ?? null,
      keepFiringFor: rule.keep_firing_for ?? null,
      holdMs: msOf(rule.duration),
      keepFiringMs: msOf(rule.keep_firing_for),
      labels: { ...group?.labels, ...rule.labels, ...severity },
      annotations: rule.annotations,
      intervalMs: msOf(group?.interval) || null,
      limit: group?.limit ?? 0,
      queryOffsetMs: msOf(group?.queryOffset),
    };
  }
}

function writtenRule(input: BacktestRuleInput, at: string): SubjectRule {
  const { interval, query_offset, limit, ...rule } = input;
  const labels = rule.labels ?? {};
  const annotations = rule.annotations ?? {};
  const [name, group] = [rule.name ?? DEFAULT_NAME, rule.group ?? DEFAULT_GROUP];
  const problems: FieldProblem[] = [
    ...validateRule({ ...rule, name, group, labels, annotations, interval }),
    ...(query_offset && parseDuration(query_offset) === null
      ? [{ pointer: '/query_offset', code: 'bad_duration', detail: 'expected a duration such as 30s' }]
      : []),
  ].map((problem) => ({ ...problem, pointer: `${at}${problem.pointer}` }));
  const [first] = problems;
  if (first)
    throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), {
      errors: problems.slice(0, 100),
    });
  return {
    ruleId: null,
    version: null,
    name,
    group,
    expression: rule.expression,
    duration: rule.duration ?? null,
    keepFiringFor: rule.keep_firing_for ?? null,
    holdMs: msOf(rule.duration),
    keepFiringMs: msOf(rule.keep_firing_for),
    labels: { ...labels, ...(rule.severity ? { severity: rule.severity } : {}) },
    annotations,
    intervalMs: msOf(interval) || null,
    limit: limit ?? 0,
    queryOffsetMs: msOf(query_offset),
  };
}

const msOf = (duration: string | null | undefined): number => (duration ? (parseDuration(duration) ?? 0) : 0);

/** One problem as an error. */
export function invalid(pointer: string, code: string, detail: string): ServiceError {
  return new ServiceError('invalid', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] });
}
