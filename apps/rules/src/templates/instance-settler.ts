import {
  ServiceError,
  type Actor,
  type RuleView,
  type TemplateProblem,
  type TemplateRuleChange,
} from '@alertagent/contracts';
import { inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RulesService } from '../rules/rules.service';
import { CurrentRules } from './current-rules';
import { desiredRules } from './desired-rules';
import type { StoredInstanceRule } from './instance-rule.entity';
import type { StoredInstance } from './instance.entity';
import { InstancesStore } from './instances.store';
import { planRule, type PlannedRule } from './plan-rule';
import type { RuleTerms } from './rule-terms';
import { TemplateReader } from './template-reader';

/** How the work of an instance ended. */
export interface Settled {
  rules: TemplateRuleChange[];
  problems: TemplateProblem[];
  /** False when it has to be tried again. */
  done: boolean;
}

const NOTHING: Settled = { rules: [], problems: [], done: true };

/**
 * Makes the rules of an instance what it says. Every step is one change of one rule and can be taken again: the ids of new rules are
 * written down before the rules are made, so that work that was cut off goes on where it ended.
 */
@Injectable()
export class InstanceSettler {
  private readonly inHand = new Map<string, Promise<Settled>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly instances: InstancesStore,
    private readonly templates: TemplateReader,
    private readonly rules: RulesService,
    private readonly current: CurrentRules,
  ) {}

  /** Never rejects for what is wrong with the instance: that is written down with it. One run per instance at a time. */
  async settle(instanceId: string): Promise<Settled> {
    await this.inHand.get(instanceId);
    const run = this.run(instanceId).finally(() => this.inHand.delete(instanceId));
    this.inHand.set(instanceId, run);
    return run;
  }

  /** Instances whose work was asked for before then and that nobody here is doing. */
  async waiting(since: Date): Promise<string[]> {
    return (await this.instances.unsettledIds(this.dataSource.manager, since)).filter((id) => !this.inHand.has(id));
  }

  private async run(instanceId: string): Promise<Settled> {
    const { manager } = this.dataSource;
    const instance = await this.instances.find(manager, instanceId);
    if (!instance) return NOTHING;
    // Somebody else has done it.
    if (instance.state !== 'applying' && instance.state !== 'deleting')
      return { ...NOTHING, problems: instance.problems };
    const wanted = await this.wanted(instance);
    if (wanted.problems.length > 0) return this.end(instance, { rules: [], problems: wanted.problems, done: true });
    const known = await this.noteNewRules(instance, wanted.rules);
    const changes: TemplateRuleChange[] = [];
    const problems: TemplateProblem[] = [];
    let done = true;
    for (const row of known) {
      try {
        const change = await this.step(instance, row, wanted.rules.get(row.key) ?? null);
        changes.push(change);
        problems.push(...localChanges(change));
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        if (error.retryable || isStale(error)) done = false;
        problems.push(...problemsOf(row, error).filter((problem) => !isKnown(problem, problems)));
      }
    }
    return this.end(instance, { rules: changes, problems, done });
  }

  private async wanted(
    instance: StoredInstance,
  ): Promise<{ rules: Map<string, RuleTerms>; problems: TemplateProblem[] }> {
    if (instance.state === 'deleting') return { rules: new Map(), problems: [] };
    return desiredRules(await this.templates.documentAt(instance.templateId, instance.templateVersion), instance);
  }

  /** Rules in the order in which the template has them, then those that it has no more. */
  private async noteNewRules(instance: StoredInstance, wanted: Map<string, RuleTerms>): Promise<StoredInstanceRule[]> {
    return inTransaction(this.dataSource, async (tx) => {
      const known = new Map((await this.instances.rules(tx, [instance.id])).map((row) => [row.key, row]));
      const fresh = [...wanted.keys()]
        .filter((key) => !known.has(key))
        .map((key) => ({ instanceId: instance.id, key, ruleId: newId(), applied: null }));
      await this.instances.addRules(tx, fresh);
      for (const row of fresh) known.set(row.key, row);
      const gone = [...known.values()].filter(({ key }) => !wanted.has(key));
      return [...[...wanted.keys()].map((key) => known.get(key)!), ...gone];
    });
  }

  private async step(
    instance: StoredInstance,
    row: StoredInstanceRule,
    next: RuleTerms | null,
  ): Promise<TemplateRuleChange> {
    const current = await this.current.find(row.ruleId);
    const plan = planRule({ row, current, next, overwrite: instance.overwrite });
    const { manager } = this.dataSource;
    await this.carryOut(plan, { row, current, actor: instance.actor });
    if (next === null) await this.instances.removeRule(manager, row);
    // What the template says now; a field in which the rule differs from it is somebody else's.
    else if (plan.action !== 'conflict' && plan.action !== 'gone')
      await this.instances.setApplied(manager, { ...row, applied: next });
    const { terms: _, ...change } = plan;
    return change;
  }

  private async carryOut(
    { action, terms }: PlannedRule,
    { row, current, actor }: { row: StoredInstanceRule; current: RuleView | null; actor: Actor },
  ): Promise<void> {
    if (action === 'create') await this.rules.create({ rule: terms!, actor }, row.ruleId);
    if (action === 'update')
      await this.rules.update({ id: row.ruleId, rule: terms!, expected_version: current!.version, actor });
    if (action === 'delete' && current)
      await this.rules.delete({ id: row.ruleId, expected_version: current.version, actor });
  }

  private async end(instance: StoredInstance, settled: Settled): Promise<Settled> {
    const { manager } = this.dataSource;
    const problems = settled.problems.slice(0, 100);
    if (!settled.done) await this.instances.settle(manager, instance, { state: instance.state, problems });
    else if (instance.state === 'deleting' && problems.length === 0)
      await inTransaction(this.dataSource, (tx) => this.instances.remove(tx, instance.id));
    else
      await this.instances.settle(manager, instance, { state: problems.length > 0 ? 'failed' : 'applied', problems });
    return { ...settled, problems };
  }
}

/** Somebody changed the rule between the look at it and the change. */
const isStale = ({ errors }: ServiceError): boolean => errors.some(({ code }) => code === 'version_mismatch');

/** What is wrong with all rules of an instance is said once. */
const isKnown = ({ pointer, code }: TemplateProblem, problems: readonly TemplateProblem[]): boolean =>
  /^\/(targets|overrides)\//.test(pointer) &&
  problems.some((known) => known.pointer === pointer && known.code === code);

function localChanges({ key, action, conflicts }: TemplateRuleChange): TemplateProblem[] {
  if (action !== 'conflict') return [];
  const detail = `rule ${key} was changed by hand (${conflicts.join(', ')}) and was left alone`.slice(0, 300);
  return [{ pointer: conflicts[0] ?? '', code: 'local_change', detail }];
}

function problemsOf({ key }: StoredInstanceRule, { code, message, errors }: ServiceError): TemplateProblem[] {
  const found = errors.length > 0 ? errors : [{ pointer: '', code, detail: message }];
  return found.slice(0, 5).map((each) => ({ ...each, detail: `rule ${key}: ${each.detail}`.slice(0, 300) }));
}
