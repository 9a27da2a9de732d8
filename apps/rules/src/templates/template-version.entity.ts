import type { RuleTemplateView } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

export type TemplateChange = 'created' | 'updated' | 'deleted';

/** A template as it was at one version; never changed. */
export interface StoredTemplateVersion {
  templateId: string;
  version: number;
  change: TemplateChange;
  author: string;
  reason: string | null;
  createdAt: Date;
  template: RuleTemplateView;
}

export const templateVersionEntity = new EntitySchema<StoredTemplateVersion>({
  name: 'rule_template_versions',
  columns: {
    templateId: { name: 'template_id', type: 'varchar', length: 36, primary: true },
    version: { type: 'int', primary: true },
    change: { name: 'change_kind', type: 'varchar', length: 20 },
    author: { type: 'varchar', length: 200 },
    reason: { type: 'longtext', nullable: true },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    template: { name: 'content', type: 'longtext', transformer: json<RuleTemplateView>() },
  },
});
