import type { TemplateDocument } from '@alertagent/alerting';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { StoredTemplate } from './stored-template';

export const templateEntity = new EntitySchema<StoredTemplate>({
  name: 'rule_templates',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 100 },
    activeName: { name: 'active_name', type: 'varchar', length: 100, nullable: true },
    nameFolded: { name: 'name_folded', type: 'varchar', length: 200 },
    title: { type: 'longtext', nullable: true },
    description: { type: 'longtext', nullable: true },
    document: { type: 'longtext', transformer: json<TemplateDocument>() },
    pack: { type: 'varchar', length: 100, nullable: true },
    packVersion: { name: 'pack_version', type: 'varchar', length: 20, nullable: true },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
    deletedAt: { name: 'deleted_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [{ name: 'UQ_rule_templates_active_name', columns: ['activeName'], unique: true }],
});
