import type { TemplateDocument } from '@alertagent/alerting';
import {
  ServiceError,
  type Actor,
  type TemplateUpgrade,
  type TemplateUpgradeResult,
  type UpgradeTemplateInstances,
} from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { desiredRules } from './desired-rules';
import { forDocument } from './fitting-instance';
import { InstanceOrders } from './instance-orders';
import { InstanceSettler } from './instance-settler';
import type { StoredInstance } from './instance.entity';
import { InstancesStore } from './instances.store';
import { TemplateReader } from './template-reader';

/** The rest of an upgrade goes on in the background after that. */
const LONGEST_ANSWER_MS = 40_000;

/** Brings instances to a version of their template. */
@Injectable()
export class TemplateUpgrades {
  constructor(
    private readonly templates: TemplateReader,
    private readonly instances: InstancesStore,
    private readonly orders: InstanceOrders,
    private readonly settler: InstanceSettler,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

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
      const settled = await this.settler.settle(instance.id);
      Object.assign(result, { rules: settled.rules, problems: settled.problems });
      if (settled.done) result.status = settled.problems.length > 0 ? 'failed' : 'upgraded';
    }
    return { version: wanted, items: started.map(({ result }) => result) };
  }

  private async chosen(templateId: string, ids: readonly string[] | null): Promise<StoredInstance[]> {
    const all = await this.instances.ofTemplate(this.dataSource.manager, templateId);
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
        this.orders.change(tx, { before, after, action: 'template_instance.upgraded' }),
      );
      return result;
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'conflict') throw error;
      return { ...result, status: 'failed', problems: [{ pointer: '', code: 'conflict', detail: error.message }] };
    }
  }
}
