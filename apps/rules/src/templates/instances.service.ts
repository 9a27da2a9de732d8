import {
  ServiceError,
  type Actor,
  type CreateTemplateInstance,
  type DeleteTemplateInstance,
  type RuleParameters,
  type TemplateInstanceInput,
  type TemplateInstanceView,
  type UpdateTemplateInstance,
} from '@alertagent/contracts';
import { Clock, inTransaction, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { desiredRules } from './desired-rules';
import { InstanceOrders } from './instance-orders';
import { InstanceReader } from './instance-reader';
import type { StoredInstance } from './instance.entity';
import { InstancesStore } from './instances.store';
import { refuse, versionMismatch } from './template-content';
import { TemplateReader } from './template-reader';

/** Makes rules from templates, changes and ends them. */
@Injectable()
export class InstancesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly instances: InstancesStore,
    private readonly templates: TemplateReader,
    private readonly reader: InstanceReader,
    private readonly orders: InstanceOrders,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers when its rules are made, or what of them could not be. Errors: `not_found`; `invalid` with pointers into the instance;
   * `conflict` when the template has an instance of the name. An instance of which not a single rule could be made is not kept.
   */
  async create({ template_id, instance: input, actor }: CreateTemplateInstance): Promise<TemplateInstanceView> {
    const template = await this.templates.known(template_id);
    const templateVersion = input.template_version ?? template.version;
    const now = this.clock.now();
    const instance: StoredInstance = {
      ...content(input),
      id: newId(),
      templateId: template.id,
      templateVersion,
      state: 'applying',
      problems: [],
      overwrite: false,
      actor,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    refuse(desiredRules(await this.templates.documentAt(template.id, templateVersion), instance).problems);
    await inTransaction(this.dataSource, (tx) => named(this.orders.begin(tx, instance)));
    await this.orders.carryOut([instance.id]);
    return this.madeOrRefused(instance.id, actor);
  }

  /** Errors: as for create; `not_found`; `conflict` when it is not at `expected_version` or is being deleted. */
  async update({
    id,
    instance: input,
    expected_version,
    actor,
  }: UpdateTemplateInstance): Promise<TemplateInstanceView> {
    const before = await this.known(id, expected_version);
    const after: StoredInstance = {
      ...before,
      ...content(input),
      templateVersion: input.template_version ?? before.templateVersion,
      overwrite: false,
      actor,
    };
    refuse(desiredRules(await this.templates.documentAt(before.templateId, after.templateVersion), after).problems);
    await inTransaction(this.dataSource, (tx) =>
      named(this.orders.change(tx, { before, after, action: 'template_instance.updated' })),
    );
    await this.orders.carryOut([id]);
    return this.reader.get(id);
  }

  /** `delete` withdraws its rules, `unlink` keeps them as rules of their own. Errors: `not_found`, `conflict`. */
  async delete({ id, rules, expected_version, actor }: DeleteTemplateInstance): Promise<void> {
    const instance = await this.known(id, expected_version);
    await inTransaction(this.dataSource, (tx) => this.orders.endOne(tx, instance, { fate: rules, actor }));
    if (rules === 'delete') await this.orders.carryOut([id]);
  }

  private async known(id: string, expected: number | null | undefined): Promise<StoredInstance> {
    const instance = await this.instances.find(this.dataSource.manager, id);
    if (!instance) throw new ServiceError('not_found', 'there is no such instance of a template');
    if (expected !== null && expected !== undefined && instance.version !== expected)
      throw versionMismatch('instance', instance.version, expected);
    if (instance.state === 'deleting') throw new ServiceError('conflict', 'the instance is being deleted');
    return instance;
  }

  /** Nobody wants to find an empty instance after a refusal, such as of targets that do not exist. */
  private async madeOrRefused(id: string, actor: Actor): Promise<TemplateInstanceView> {
    const view = await this.reader.get(id);
    if (view.state !== 'failed' || view.rules.length > 0) return view;
    const instance = await this.known(id, null);
    await inTransaction(this.dataSource, (tx) => this.orders.endOne(tx, instance, { fate: 'unlink', actor }));
    const isTaken = view.problems.some(
      ({ code }) => code === 'not_unique' || code === 'duplicate' || code === 'conflict',
    );
    const [first] = view.problems;
    throw new ServiceError(isTaken ? 'conflict' : 'invalid', first!.detail.slice(0, 200), { errors: view.problems });
  }
}

function content(input: TemplateInstanceInput) {
  return {
    name: input.name,
    namespace: input.namespace ?? '',
    // Whatever is no number or text is refused before anything is stored.
    parameters: { ...input.parameters } as RuleParameters,
    targets: input.targets,
    // As data: the classes of the wire would be written with what they add.
    overrides: JSON.parse(JSON.stringify(input.overrides ?? [])) as StoredInstance['overrides'],
    owner: input.owner || null,
  };
}

async function named<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ServiceError('conflict', 'the template has an instance of this name already', {
      errors: [{ pointer: '/name', code: 'not_unique', detail: 'another instance of the template has this name' }],
      cause: error,
    });
  }
}
