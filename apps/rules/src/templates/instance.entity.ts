import type {
  Actor,
  RuleOverride,
  RuleParameters,
  RuleTarget,
  TemplateInstanceState,
  TemplateProblem,
} from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A use of a template. What it says is what its rules should be; `state` tells whether they are. */
export interface StoredInstance {
  id: string;
  templateId: string;
  templateVersion: number;
  name: string;
  namespace: string;
  /** As they were given, each checked against the template. */
  parameters: RuleParameters;
  targets: RuleTarget[];
  overrides: RuleOverride[];
  owner: string | null;
  state: TemplateInstanceState;
  problems: TemplateProblem[];
  /** Whether rules that were changed by hand may be overwritten by the work in hand. */
  overwrite: boolean;
  /** Who asked for the work in hand. */
  actor: Actor;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const instanceEntity = new EntitySchema<StoredInstance>({
  name: 'template_instances',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    templateId: { name: 'template_id', type: 'varchar', length: 36 },
    templateVersion: { name: 'template_version', type: 'int' },
    name: { type: 'varchar', length: 100 },
    namespace: { type: 'varchar', length: 200 },
    parameters: { type: 'longtext', transformer: json<RuleParameters>() },
    targets: { type: 'longtext', transformer: json<RuleTarget[]>() },
    overrides: { type: 'longtext', transformer: json<RuleOverride[]>() },
    owner: { type: 'varchar', length: 100, nullable: true },
    state: { type: 'varchar', length: 20 },
    problems: { type: 'longtext', transformer: json<TemplateProblem[]>() },
    overwrite: { name: 'overwrite_local', type: 'boolean' },
    actor: { type: 'longtext', transformer: json<Actor>() },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_template_instances_name', columns: ['templateId', 'name'], unique: true },
    { name: 'IX_template_instances_state', columns: ['state'] },
  ],
});
