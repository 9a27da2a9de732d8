import {
  ServiceError,
  type ListTemplateInstances,
  type TemplateInstancePage,
  type TemplateInstanceView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StoredInstanceRule } from './instance-rule.entity';
import type { StoredInstance } from './instance.entity';
import { InstancesStore } from './instances.store';
import { badCursor } from './template-content';
import { TemplateReader } from './template-reader';
import type { StoredTemplate } from './stored-template';
import { TemplatesStore } from './templates.store';

const DEFAULT_LIMIT = 50;

/** Answers questions about instances of templates. */
@Injectable()
export class InstanceReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly instances: InstancesStore,
    private readonly templates: TemplatesStore,
    private readonly reader: TemplateReader,
  ) {}

  /** Errors: `not_found`. */
  async get(id: string): Promise<TemplateInstanceView> {
    const { manager } = this.dataSource;
    const instance = await this.instances.find(manager, id);
    if (!instance) throw new ServiceError('not_found', 'there is no such instance of a template');
    const template = await this.templates.find(manager, instance.templateId);
    return instanceView(instance, template, await this.instances.rules(manager, [id]));
  }

  /** Oldest first. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async list({ template_id, cursor, limit }: ListTemplateInstances): Promise<TemplateInstancePage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw badCursor();
    const { manager } = this.dataSource;
    const template = await this.reader.known(template_id);
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.instances.ofTemplate(manager, template.id, { after: cursor, limit: size + 1 });
    const items = found.slice(0, size);
    const ids = items.map(({ id }) => id);
    const rules = await this.instances.rules(manager, ids);
    return {
      items: items.map((instance) => instanceView(instance, template, rules)),
      next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null,
    };
  }
}

function instanceView(
  instance: StoredInstance,
  template: StoredTemplate | null,
  rules: readonly StoredInstanceRule[],
): TemplateInstanceView {
  return {
    id: instance.id,
    template_id: instance.templateId,
    template_name: template?.name ?? '',
    template_version: instance.templateVersion,
    newest_version: template?.version ?? instance.templateVersion,
    name: instance.name,
    namespace: instance.namespace,
    parameters: instance.parameters,
    targets: instance.targets,
    overrides: instance.overrides,
    owner: instance.owner,
    state: instance.state,
    problems: instance.problems,
    rules: rules
      .filter(({ instanceId, applied }) => instanceId === instance.id && applied !== null)
      .map(({ key, ruleId }) => ({ key, rule_id: ruleId })),
    version: instance.version,
    created_at: instance.createdAt.toISOString(),
    updated_at: instance.updatedAt.toISOString(),
  };
}
