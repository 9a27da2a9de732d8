import { checkRuleTemplate, instantiateTemplate, type TemplateDocument } from '@alertagent/alerting';
import {
  ServiceError,
  type GetRuleTemplateVersion,
  type ListRuleTemplates,
  type ListRuleTemplateVersions,
  type PreviewRuleTemplate,
  type RuleTemplatePage,
  type RuleTemplateVersionPage,
  type RuleTemplateVersionView,
  type RuleTemplateView,
  type TemplatePreview,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { badCursor, documentOf, templateView } from './template-content';
import type { StoredTemplateVersion } from './template-version.entity';
import type { StoredTemplate } from './stored-template';
import { TemplatesStore } from './templates.store';

const DEFAULT_LIMIT = 50;

/** Answers questions about templates. */
@Injectable()
export class TemplateReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: TemplatesStore,
  ) {}

  /** By id or name. Errors: `not_found`. */
  async known(idOrName: string): Promise<StoredTemplate> {
    const template = await this.store.find(this.dataSource.manager, idOrName);
    if (!template) throw new ServiceError('not_found', 'there is no such template');
    return template;
  }

  /** What a template was at a version, also after it was deleted. Errors: `not_found`. */
  async documentAt(templateId: string, version: number): Promise<TemplateDocument> {
    const found = await this.store.version(this.dataSource.manager, templateId, version);
    if (!found) throw new ServiceError('not_found', `the template has no version ${version}`);
    return documentOf(found.template);
  }

  async get(idOrName: string): Promise<RuleTemplateView> {
    return templateView(await this.known(idOrName));
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, name, pack }: ListRuleTemplates): Promise<RuleTemplatePage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw badCursor();
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(this.dataSource.manager, { name, pack, before: cursor }, size + 1);
    const items = found.slice(0, size);
    return { items: items.map(templateView), next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  /** Newest first. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async versions({ id, cursor, limit }: ListRuleTemplateVersions): Promise<RuleTemplateVersionPage> {
    if (cursor && !/^[0-9]{1,9}$/.test(cursor)) throw badCursor();
    const template = await this.known(id);
    const size = limit ?? DEFAULT_LIMIT;
    const before = cursor ? Number(cursor) : 2_147_483_647;
    const found = await this.store.versions(this.dataSource.manager, template.id, { before, limit: size + 1 });
    const items = found.slice(0, size);
    const next = found.length > size ? String(items.at(-1)?.version) : null;
    return { items: items.map(versionView), next_cursor: next };
  }

  async version({ id, version }: GetRuleTemplateVersion): Promise<RuleTemplateVersionView> {
    const template = await this.known(id);
    const found = await this.store.version(this.dataSource.manager, template.id, version);
    if (!found) throw new ServiceError('not_found', `the template has no version ${version}`);
    return versionView(found);
  }

  /** The rules that values make, or what is wrong with them. Errors: `not_found`. */
  async preview({ id, version, template, parameters }: PreviewRuleTemplate): Promise<TemplatePreview> {
    if (template) {
      const problems = checkRuleTemplate(documentOf(template));
      return problems.length > 0
        ? { valid: false, rules: [], problems: problems.slice(0, 100) }
        : previewOf(documentOf(template), parameters ?? {});
    }
    const known = await this.known(id ?? '');
    return previewOf(await this.documentAt(known.id, version ?? known.version), parameters ?? {});
  }
}

/** The rules of a template with these values. */
export function previewOf(document: TemplateDocument, values: Record<string, unknown>): TemplatePreview {
  const { rules, problems } = instantiateTemplate(document, values);
  return {
    valid: problems.length === 0,
    rules: rules.map(({ key, kind, group, position, resolved, rule }) => ({
      key,
      kind,
      group,
      position,
      ...resolved,
      parameters: rule.parameters,
    })),
    problems: problems.slice(0, 100),
  };
}

function versionView({
  version,
  change,
  author,
  reason,
  createdAt,
  template,
}: StoredTemplateVersion): RuleTemplateVersionView {
  return { version, change, author, reason, created_at: createdAt.toISOString(), template };
}
