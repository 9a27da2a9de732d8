import { ServiceError, type Actor, type LinkedRules } from '@alertagent/contracts';
import { AuditLog, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredInstance } from './instance.entity';
import { InstanceSettler } from './instance-settler';
import { InstancesStore } from './instances.store';
import type { StoredTemplate } from './stored-template';

/** Gives instances work inside of the transaction that decides on it; the work is done afterwards. */
@Injectable()
export class InstanceOrders {
  constructor(
    private readonly instances: InstancesStore,
    private readonly settler: InstanceSettler,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Writes a new instance down. Errors: a unique violation when the template has one of the name. */
  async begin(tx: EntityManager, instance: StoredInstance): Promise<void> {
    await this.instances.insert(tx, instance);
    await this.audit.record(tx, {
      actor: instance.actor,
      action: 'template_instance.created',
      resource_type: 'template_instance',
      resource_id: instance.id,
      after: auditView(instance),
    });
  }

  /** Ends all instances of a template that is deleted. Errors: `conflict` when there are some and nothing was said about them. */
  async end(
    tx: EntityManager,
    template: StoredTemplate,
    { fate, actor }: { fate: LinkedRules | null; actor: Actor },
  ): Promise<string[]> {
    const instances = await this.instances.ofTemplate(tx, template.id);
    if (instances.length > 0 && fate === null) {
      const names = instances.slice(0, 5).map(({ name }) => name);
      const many = instances.length === 1 ? 'an instance' : `${instances.length} instances`;
      const listed = `${names.join(', ')}${instances.length > 5 ? ', …' : ''}`;
      const detail = `it has ${many} (${listed}); say instances=delete to withdraw their rules, or instances=unlink to keep them`;
      throw new ServiceError('conflict', detail.slice(0, 200), {
        errors: [{ pointer: '/instances', code: 'has_instances', detail }],
      });
    }
    for (const instance of instances) await this.endOne(tx, instance, { fate: fate ?? 'unlink', actor });
    return fate === 'delete' ? instances.map(({ id }) => id) : [];
  }

  /** `unlink` is done at once; `delete` is work to be carried out. */
  async endOne(
    tx: EntityManager,
    instance: StoredInstance,
    { fate, actor }: { fate: LinkedRules; actor: Actor },
  ): Promise<void> {
    if (fate === 'unlink') await this.instances.remove(tx, instance.id);
    else await this.order(tx, { ...instance, state: 'deleting', problems: [], actor });
    await this.audit.record(tx, {
      actor,
      action: fate === 'unlink' ? 'template_instance.unlinked' : 'template_instance.deleted',
      resource_type: 'template_instance',
      resource_id: instance.id,
      before: auditView(instance),
      after: null,
    });
  }

  /** Changes what an instance should be. Errors: `conflict` when somebody else did meanwhile. */
  async change(
    tx: EntityManager,
    { before, after, action }: { before: StoredInstance; after: StoredInstance; action: string },
  ): Promise<StoredInstance> {
    const ordered = await this.order(tx, { ...after, state: 'applying', problems: [] });
    await this.audit.record(tx, {
      actor: after.actor,
      action,
      resource_type: 'template_instance',
      resource_id: after.id,
      before: auditView(before),
      after: auditView(ordered),
    });
    return ordered;
  }

  /** Does the work of these instances now; what cannot be done now is tried again in the background. */
  async carryOut(instanceIds: readonly string[]): Promise<void> {
    for (const id of instanceIds) await this.settler.settle(id);
  }

  private async order(tx: EntityManager, instance: StoredInstance): Promise<StoredInstance> {
    const ordered = { ...instance, version: instance.version + 1, updatedAt: this.clock.now() };
    if (await this.instances.replace(tx, ordered)) return ordered;
    throw new ServiceError('conflict', 'the instance was changed by somebody else meanwhile');
  }
}

/** What an audit record shows of an instance. */
const auditView = ({ actor: _, problems: __, createdAt: ___, updatedAt: ____, ...rest }: StoredInstance): object =>
  rest;
