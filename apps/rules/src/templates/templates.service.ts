import {
  ServiceError,
  type Actor,
  type CreateRuleTemplate,
  type DeleteRuleTemplate,
  type RuleTemplateInput,
  type RuleTemplateView,
  type UpdateRuleTemplate,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InstanceOrders } from './instance-orders';
import { PACK_PREFIX, refuse, templateDocument, templateView, versionMismatch } from './template-content';
import type { TemplateChange } from './template-version.entity';
import type { StoredTemplate } from './stored-template';
import { TemplatesStore } from './templates.store';

/** The pack that a template comes from. */
export interface PackOrigin {
  pack: string;
  version: string;
}

/** Creates, changes and deletes templates. Their instances are not touched, except when they are deleted with them. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: TemplatesStore,
    private readonly orders: InstanceOrders,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid` with pointers into the template; `conflict` when the name is taken. */
  async create(
    { template: input, actor }: CreateRuleTemplate,
    origin: PackOrigin | null = null,
  ): Promise<RuleTemplateView> {
    const now = this.clock.now();
    const template: StoredTemplate = {
      ...this.content(input, origin),
      id: newId(),
      version: 1,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
    };
    await inTransaction(this.dataSource, async (tx) => {
      await named(this.store.insert(tx, template));
      await this.record(tx, { change: 'created', actor, before: null, after: template, reason: input.reason });
    });
    return templateView(template);
  }

  /** The same content again makes no new version. Errors: as for create; `not_found`; `conflict`, also for templates of packs. */
  async update(
    { id, template: input, expected_version, actor }: UpdateRuleTemplate,
    origin: PackOrigin | null = null,
  ): Promise<RuleTemplateView> {
    const content = this.content(input, origin);
    const template = await inTransaction(this.dataSource, async (tx) => {
      const before = this.expected(await this.store.find(tx, id), expected_version);
      if (before.pack !== null && origin === null)
        throw new ServiceError(
          'conflict',
          'the template belongs to a pack; upgrade the pack, or create a template of your own',
        );
      const after = { ...before, ...content, version: before.version + 1, updatedAt: this.clock.now() };
      if (isSameContent(before, after)) return before;
      if (!(await named(this.store.replace(tx, after)))) throw changedMeanwhile();
      await this.record(tx, { change: 'updated', actor, before, after, reason: input.reason });
      return after;
    });
    return templateView(template);
  }

  /** Errors: `not_found`; `conflict` when it has instances and nothing was said about them, and for templates of packs. */
  async delete(
    { id, instances, expected_version, actor }: DeleteRuleTemplate,
    origin: Pick<PackOrigin, 'pack'> | null = null,
  ): Promise<void> {
    const orders = await inTransaction(this.dataSource, async (tx) => {
      const before = this.expected(await this.store.find(tx, id), expected_version);
      if (before.pack !== null && origin === null)
        throw new ServiceError('conflict', 'the template belongs to a pack; uninstall the pack');
      const ordered = await this.orders.end(tx, before, { fate: instances ?? null, actor });
      const now = this.clock.now();
      const after = { ...before, activeName: null, version: before.version + 1, updatedAt: now, deletedAt: now };
      if (!(await this.store.replace(tx, after))) throw changedMeanwhile();
      await this.record(tx, { change: 'deleted', actor, before, after, reason: null });
      return ordered;
    });
    await this.orders.carryOut(orders);
  }

  private content(input: RuleTemplateInput, origin: PackOrigin | null) {
    const document = templateDocument(input);
    if (origin === null && input.name.startsWith(PACK_PREFIX))
      refuse([
        { pointer: '/name', code: 'reserved', detail: `names that begin with ${PACK_PREFIX} are those of packs` },
      ]);
    return {
      name: input.name,
      activeName: input.name,
      nameFolded: input.name.toLowerCase(),
      title: input.title || null,
      description: input.description || null,
      document,
      pack: origin?.pack ?? null,
      packVersion: origin?.version ?? null,
    };
  }

  private expected(template: StoredTemplate | null, version: number | null | undefined): StoredTemplate {
    if (!template) throw new ServiceError('not_found', 'there is no such template');
    if (version !== null && version !== undefined && template.version !== version)
      throw versionMismatch('template', template.version, version);
    return template;
  }

  private async record(tx: EntityManager, { change, actor, before, after, reason }: RecordedChange): Promise<void> {
    await this.store.addVersion(tx, {
      templateId: after.id,
      version: after.version,
      change,
      author: actor.name,
      reason: reason || null,
      createdAt: after.updatedAt,
      template: templateView(after),
    });
    await this.audit.record(tx, {
      actor,
      action: `rule_template.${change}`,
      resource_type: 'rule_template',
      resource_id: after.id,
      before: before && templateView(before),
      after: change === 'deleted' ? null : templateView(after),
    });
  }
}

interface RecordedChange {
  change: TemplateChange;
  actor: Actor;
  before: StoredTemplate | null;
  after: StoredTemplate;
  reason: string | null | undefined;
}

const isSameContent = (a: StoredTemplate, b: StoredTemplate): boolean =>
  JSON.stringify([a.name, a.title, a.description, a.document, a.packVersion]) ===
  JSON.stringify([b.name, b.title, b.description, b.document, b.packVersion]);

const changedMeanwhile = (): ServiceError =>
  new ServiceError('conflict', 'the template was changed by somebody else meanwhile');

async function named<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ServiceError('conflict', 'a template of this name exists already', {
      errors: [{ pointer: '/name', code: 'not_unique', detail: 'another template has this name' }],
      cause: error,
    });
  }
}
