import {
  createTemplateInstance,
  deleteTemplateInstance,
  getTemplateInstance,
  listTemplateInstances,
  updateTemplateInstance,
  type ById,
  type CreateTemplateInstance,
  type DeleteTemplateInstance,
  type Done,
  type ListTemplateInstances,
  type TemplateInstancePage,
  type TemplateInstanceView,
  type UpdateTemplateInstance,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { InstanceReader } from './instance-reader';
import { InstancesService } from './instances.service';

/** What others ask of instances of templates. */
@Controller()
export class InstancesHandlers {
  constructor(
    private readonly instances: InstancesService,
    private readonly reader: InstanceReader,
  ) {}

  @OnRequest(createTemplateInstance)
  create(query: CreateTemplateInstance): Promise<TemplateInstanceView> {
    return this.instances.create(query);
  }

  @OnRequest(updateTemplateInstance)
  update(query: UpdateTemplateInstance): Promise<TemplateInstanceView> {
    return this.instances.update(query);
  }

  @OnRequest(deleteTemplateInstance)
  async delete(query: DeleteTemplateInstance): Promise<Done> {
    await this.instances.delete(query);
    return { done: true };
  }

  @OnRequest(getTemplateInstance)
  get({ id }: ById): Promise<TemplateInstanceView> {
    return this.reader.get(id);
  }

  @OnRequest(listTemplateInstances)
  list(query: ListTemplateInstances): Promise<TemplateInstancePage> {
    return this.reader.list(query);
  }
}
