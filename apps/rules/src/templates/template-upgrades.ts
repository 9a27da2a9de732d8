import type { TemplateDocument } from '@alertagent/alerting';
import {
  ServiceError,
  type Actor,
  type GetTemplateImpact,
  type RuleOverride,
  type RuleView,
  type TemplateImpact,
  type TemplateInstanceImpact,
  type TemplateUpgrade,
  type TemplateUpgradeResult,
  type UpgradeTemplateInstances,
} from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RuleReader } from '../rules/rule-reader';
import { desiredRules } from './desired-rules';
import { InstanceOrders } from './instance-orders';
import { InstanceSettler } from './instance-settler';
import type { StoredInstance } from './instance.entity';
import { InstancesStore } from './instances.store';
import { planRule } from './plan-rule';
import { templateDocument } from './template-content';
import { TemplateReader } from './template-reader';

/** The rest of an upgrade goes on in the background after that. */
const LONGEST_ANSWER_MS = 40_000;

/** Shows what a version of a template would do to its instances, and does it. */
@Injectable()
export class TemplateUpgrades {
  constructor(
    private readonly templates: TemplateReader,
    private readonly work: UpgradeWork,
    private readonly rules: RuleReader,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found`; `invalid` with pointers into the template. */
  async impact({ id, version, template: input }: GetTemplateImpact): Promise<TemplateImpact> {
    const template = await this.templates.known(id);
    const wanted = input ? null : (version ?? template.version);
    const document = input ? templateDocument(input) : await this.templates.documentAt(template.id, wanted!);
    const instances = await this.work.instances.ofTemplate(this.dataSource.manager, template.id);
    const items: TemplateInstanceImpact[] = [];
    for (const instance of instances) {
      if (instance.state !== 'deleting') items.push(await this.impactOn(instance, document));
    }
    return {
      version: wanted,
      instances: instances.length,
      changed: items.filter(({ changes }) => changes).length,
      items: items.filter(({ changes, problems }) => changes || problems.length > 0),
    };
  }

  /** Instances that are there already are left alone, so that it can be asked again. Errors: `not_found`. */
  async upgrade({
    id,
    version,
    instance_ids,
    overwrite_local_changes,
    actor,
  }: UpgradeTemplateInstances): Promise<TemplateUpgrade> {
    const template = await this.templates.known(id);
    const wanted = version ?? template.version;
    const document = await this.templates.documentAt(template.id, wanted);
    const instances = await this.chosen(template.id, instance_ids ?? null);
    const until = this.clock.now().getTime() + LONGEST_ANSWER_MS;
    const order = { document, version: wanted, overwrite: overwrite_local_changes === true, actor };
    const started: { instance: StoredInstance; result: TemplateUpgradeResult }[] = [];
    // All are written down before the first is worked on: the rest of an upgrade that is cut off goes on by itself.
    for (const instance of instances) started.push({ instance, result: await this.start(instance, order) });
    for (const { instance, result } of started) {
      if (result.status !== 'applying' || this.clock.now().getTime() > until) continue;
      const settled = await this.work.settler.settle(instance.id);
      Object.assign(result, { rules: settled.rules, problems: settled.problems });
      if (settled.done) result.status = settled.problems.length > 0 ? 'failed' : 'upgraded';
    }
    return { version: wanted, items: started.map(({ result }) => result) };
  }

  private async impactOn(instance: StoredInstance, document: TemplateDocument): Promise<TemplateInstanceImpact> {
    const known = { instance_id: instance.id, name: instance.name, template_version: instance.templateVersion };
    const { rules, problems } = desiredRules(document, forDocument(instance, document));
    if (problems.length > 0) return { ...known, changes: false, rules: [], problems };
    const rows = new Map(
      (await this.work.instances.rules(this.dataSource.manager, [instance.id])).map((row) => [row.key, row]),
    );
    const plans = [];
    for (const key of new Set([...rules.keys(), ...rows.keys()])) {
      const row = rows.get(key);
      const current = row ? await this.current(row.ruleId) : null;
      const next = rules.get(key) ?? null;
      const { terms: _, ...plan } = planRule({
        row: row ?? { key, ruleId: '', applied: null },
        current,
        next,
        overwrite: false,
      });
      plans.push({ ...plan, rule_id: row?.ruleId ?? null });
    }
    const changing = plans.filter(({ action }) => action !== 'none' && action !== 'gone');
    return { ...known, changes: changing.length > 0, rules: changing, problems: [] };
  }

  private async current(ruleId: string): Promise<RuleView | null> {
    try {
      return await this.rules.get(ruleId);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'not_found') return null;
      throw error;
    }
  }

  private async chosen(templateId: string, ids: readonly string[] | null): Promise<StoredInstance[]> {
    const all = await this.work.instances.ofTemplate(this.dataSource.manager, templateId);
    if (ids === null) return all.filter(({ state }) => state !== 'deleting');
    const known = new Map(all.map((instance) => [instance.id, instance]));
    const unknown = ids.findIndex((each) => !known.has(each));
    if (unknown === -1) return ids.map((each) => known.get(each)!).filter(({ state }) => state !== 'deleting');
    const detail = 'the template has no such instance';
    throw new ServiceError('invalid', `/instance_ids/${unknown}: ${detail}`, {
      errors: [{ pointer: `/instance_ids/${unknown}`, code: 'unknown_instance', detail }],
    });
  }

  private async start(
    before: StoredInstance,
    {
      document,
      version,
      overwrite,
      actor,
    }: { document: TemplateDocument; version: number; overwrite: boolean; actor: Actor },
  ): Promise<TemplateUpgradeResult> {
    const result: TemplateUpgradeResult = {
      instance_id: before.id,
      name: before.name,
      status: 'applying',
      rules: [],
      problems: [],
    };
    if (before.templateVersion === version && before.state === 'applied') return { ...result, status: 'unchanged' };
    const fitting = forDocument(before, document);
    const { problems } = desiredRules(document, fitting);
    if (problems.length > 0) return { ...result, status: 'failed', problems: problems.slice(0, 100) };
    const after = { ...fitting, templateVersion: version, overwrite, actor };
    try {
      await inTransaction(this.dataSource, (tx) =>
        this.work.orders.change(tx, { before, after, action: 'template_instance.upgraded' }),
      );
      return result;
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'conflict') throw error;
      return { ...result, status: 'failed', problems: [{ pointer: '', code: 'conflict', detail: error.message }] };
    }
  }
}

/** What an upgrade works with. */
@Injectable()
export class UpgradeWork {
  constructor(
    readonly instances: InstancesStore,
    readonly orders: InstanceOrders,
    readonly settler: InstanceSettler,
  ) {}
}

/** Without values for parameters that the document does not have. */
function forDocument(instance: StoredInstance, { parameters }: TemplateDocument): StoredInstance {
  const names = new Set(parameters.map(({ name }) => name));
  const own = <T>(values: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
  const overrides = instance.overrides
    .map((override): RuleOverride => {
      const { parameters: given, ...rest } = override;
      const left = own(given ?? {});
      return Object.keys(left).length > 0 ? { ...rest, parameters: left } : rest;
    })
    .filter((override) => Object.keys(override).length > 1);
  return { ...instance, parameters: own(instance.parameters), overrides };
}
