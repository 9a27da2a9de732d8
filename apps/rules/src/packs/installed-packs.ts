import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InstancesStore } from '../templates/instances.store';
import type { StoredTemplate } from '../templates/stored-template';
import { TemplatesStore } from '../templates/templates.store';

/** Which packs are installed. */
@Injectable()
export class InstalledPacks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly templates: TemplatesStore,
    private readonly store: InstancesStore,
  ) {}

  template(pack: string): Promise<StoredTemplate | null> {
    return this.templates.ofPack(this.dataSource.manager, pack);
  }

  instances(templateId: string): Promise<number> {
    return this.store.count(this.dataSource.manager, templateId);
  }

  async byPack(): Promise<Map<string, { template: StoredTemplate; instances: number }>> {
    const found = await this.templates.ofPacks(this.dataSource.manager);
    const entries = await Promise.all(
      found.map(
        async (template) => [template.pack!, { template, instances: await this.instances(template.id) }] as const,
      ),
    );
    return new Map(entries);
  }
}
