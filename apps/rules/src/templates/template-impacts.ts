import type { TemplateDocument } from '@alertagent/alerting';
import type { GetTemplateImpact, TemplateImpact, TemplateInstanceImpact } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CurrentRules } from './current-rules';
import { desiredRules } from './desired-rules';
import { forDocument } from './fitting-instance';
import type { StoredInstance } from './instance.entity';
import { InstancesStore } from './instances.store';
import { planRule } from './plan-rule';
import { templateDocument } from './template-content';
import { TemplateReader } from './template-reader';

/** Shows what a version of a template would do to its instances. */
@Injectable()
export class TemplateImpacts {
  constructor(
    private readonly templates: TemplateReader,
    private readonly instances: InstancesStore,
    private readonly rules: CurrentRules,
    private readonly dataSource: DataSource,
  ) {}

  /** Errors: `not_found`; `invalid` with pointers into the template. */
  async impact({ id, version, template: input }: GetTemplateImpact): Promise<TemplateImpact> {
    const template = await this.templates.known(id);
    const wanted = input ? null : (version ?? template.version);
    const document = input ? templateDocument(input) : await this.templates.documentAt(template.id, wanted!);
    const instances = await this.instances.ofTemplate(this.dataSource.manager, template.id);
    const items: TemplateInstanceImpact[] = [];
    for (const instance of instances) {
      if (instance.state !== 'deleting') items.push(await this.impactOn(instance, document));
    }
    return {
      version: wanted,
      instances: instances.length,
      changed: items.filter(({ changes }) => changes).length,
      items: items.filter(({ changes, problems }) => changes || problems.length > 0),
    };
  }

  private async impactOn(instance: StoredInstance, document: TemplateDocument): Promise<TemplateInstanceImpact> {
    const known = { instance_id: instance.id, name: instance.name, template_version: instance.templateVersion };
    const { rules, problems } = desiredRules(document, forDocument(instance, document));
    if (problems.length > 0) return { ...known, changes: false, rules: [], problems };
    const rows = new Map(
      (await this.instances.rules(this.dataSource.manager, [instance.id])).map((row) => [row.key, row]),
    );
    const plans = [];
    for (const key of new Set([...rules.keys(), ...rows.keys()])) {
      const row = rows.get(key);
      const current = row ? await this.rules.find(row.ruleId) : null;
      const next = rules.get(key) ?? null;
      const { terms: _, ...plan } = planRule({
        row: row ?? { key, ruleId: '', applied: null },
        current,
        next,
        overwrite: false,
      });
      plans.push({ ...plan, rule_id: row?.ruleId ?? null });
    }
    const changing = plans.filter(({ action }) => action !== 'none' && action !== 'gone');
    return { ...known, changes: changing.length > 0, rules: changing, problems: [] };
  }
}
