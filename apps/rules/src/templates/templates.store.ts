import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, type EntityManager } from 'typeorm';
import { templateVersionEntity, type StoredTemplateVersion } from './template-version.entity';
import type { StoredTemplate } from './stored-template';
import { templateEntity } from './template.entity';

/** Which templates a list shows. */
export interface TemplateFilter {
  name?: string | null;
  pack?: string | null;
  /** Only templates older than the one with this id. */
  before?: string | null;
}

/** Templates and their versions. */
@Injectable()
export class TemplatesStore {
  /** The template with this id or name, unless it is deleted. */
  async find(manager: EntityManager, idOrName: string): Promise<StoredTemplate | null> {
    return (
      (await manager.findOneBy(templateEntity, { id: idOrName, deletedAt: IsNull() })) ??
      (await manager.findOneBy(templateEntity, { activeName: idOrName }))
    );
  }

  ofPack(manager: EntityManager, pack: string): Promise<StoredTemplate | null> {
    return manager.findOneBy(templateEntity, { pack, deletedAt: IsNull() });
  }

  ofPacks(manager: EntityManager): Promise<StoredTemplate[]> {
    const query = manager.createQueryBuilder(templateEntity, 'template').where('template.deletedAt IS NULL');
    return query.andWhere('template.pack IS NOT NULL').orderBy('template.name', 'ASC').getMany();
  }

  /** Newest first. */
  list(manager: EntityManager, { name, pack, before }: TemplateFilter, limit: number): Promise<StoredTemplate[]> {
    const query = manager.createQueryBuilder(templateEntity, 'template').where('template.deletedAt IS NULL');
    if (before) query.andWhere('template.id < :before', { before });
    if (name) {
      const part = name.toLowerCase().replace(/[!%_]/g, (character) => `!${character}`);
      query.andWhere("template.nameFolded LIKE :part ESCAPE '!'", { part: `%${part}%` });
    }
    if (pack) query.andWhere('template.pack = :pack', { pack });
    return query.orderBy('template.id', 'DESC').take(limit).getMany();
  }

  /** Errors: a unique violation when the name is taken. */
  async insert(tx: EntityManager, template: StoredTemplate): Promise<void> {
    await tx.insert(templateEntity, template);
  }

  /** Writes the next version unless somebody else did: answers false then. Errors: a unique violation. */
  async replace(tx: EntityManager, template: StoredTemplate): Promise<boolean> {
    const { id, ...rest } = template;
    const { affected } = await tx.update(
      templateEntity,
      { id, version: template.version - 1, deletedAt: IsNull() },
      rest,
    );
    return affected === 1;
  }

  async addVersion(tx: EntityManager, version: StoredTemplateVersion): Promise<void> {
    await tx.insert(templateVersionEntity, version);
  }

  version(manager: EntityManager, templateId: string, version: number): Promise<StoredTemplateVersion | null> {
    return manager.findOneBy(templateVersionEntity, { templateId, version });
  }

  /** Newest first. */
  versions(
    manager: EntityManager,
    templateId: string,
    { before, limit }: { before: number; limit: number },
  ): Promise<StoredTemplateVersion[]> {
    return manager.find(templateVersionEntity, {
      where: { templateId, version: LessThan(before) },
      order: { version: 'DESC' },
      take: limit,
    });
  }
}
