import { Matches, Max, Min } from 'class-validator';
import { IsAddress } from './address';
import { AutomationSettings } from './automation.settings';
import { BudgetSettings } from './budget.settings';
import { DurationBetween } from './duration';
import { Section, SectionList, Setting } from './setting';

/** Paths of the n8n webhooks, relative to `webhook_base_url`. */
export class N8nWorkflowSettings {
  @Setting({ type: 'text', doc: 'Webhook path of the workflow that analyses an incident.' })
  alert_analysis: string = 'alert-analysis';

  @Setting({ type: 'text', doc: 'Webhook path of the workflow that carries out an approved action.' })
  automation_action: string = 'automation-action';

  @Setting({ type: 'text', doc: 'Webhook path of the workflow that sends a notification.' })
  notification: string = 'notification';
}

/** How many runs of one workflow n8n may have at a time. */
export class N8nWorkflowConcurrencySettings {
  @Setting({ type: 'text', required: true, doc: 'The workflow, as routing names it.' })
  workflow!: string;

  @Setting({ type: 'integer', required: true, doc: 'Its runs at a time.' })
  @Min(1)
  @Max(10_000)
  runs!: number;
}

/** Keeps n8n from being given more than it can do, and a slow workflow from being in the way of others. */
export class N8nConcurrencySettings {
  @Setting({
    type: 'integer',
    doc: 'Runs of each workflow at a time, over all instances: from the start until it reported or its `callback_timeout` is over. A default n8n does about ten a second; 50 let each take five.',
  })
  @Min(1)
  @Max(10_000)
  runs: number = 50;

  @SectionList(() => N8nWorkflowConcurrencySettings, 'Workflows with a limit of their own.')
  workflows: N8nWorkflowConcurrencySettings[] = [];
}

/** An n8n server that runs the analysis workflows. */
export class N8nSettings {
  @Setting({
    type: 'text',
    env: 'N8N_ENDPOINT',
    doc: 'Address of n8n. Without it the built-in workflow analyses incidents.',
  })
  @IsAddress(['http', 'https'])
  endpoint?: string;

  @Setting({
    type: 'text',
    env: 'N8N_WEBHOOK_BASE_URL',
    doc: 'Address that webhook paths are appended to. Default: <endpoint>/webhook.',
  })
  @IsAddress(['http', 'https'])
  webhook_base_url?: string;

  @Section(() => N8nWorkflowSettings, 'Webhook paths of the workflows.')
  workflows: N8nWorkflowSettings = new N8nWorkflowSettings();

  @Setting({
    type: 'text',
    env: 'N8N_HEADER_AUTH_NAME',
    doc: "Name of the header of n8n's header authentication; sent when a value is set.",
  })
  header_auth_name: string = 'X-AlertAgent-Key';

  @Setting({
    type: 'text',
    env: 'N8N_HEADER_AUTH_VALUE',
    secret: true,
    doc: "Value of the header of n8n's header authentication.",
  })
  header_auth_value?: string;

  @Setting({ type: 'duration', doc: 'How long a webhook may take to answer.' })
  @DurationBetween('100ms', '5m')
  timeout: number = 10_000;

  @Setting({
    type: 'duration',
    doc: 'How long to wait for a workflow to call back before the built-in workflow takes over.',
  })
  @DurationBetween('1s', '1d')
  callback_timeout: number = 600_000;

  @Setting({
    type: 'boolean',
    doc: 'Whether the built-in workflow takes over when a workflow can not be started or does not call back. Otherwise the analysis fails, people are called, and it can be replayed.',
  })
  fall_back: boolean = true;

  @Section(() => N8nConcurrencySettings, 'How much n8n is given at a time.')
  concurrency: N8nConcurrencySettings = new N8nConcurrencySettings();

  /** Where webhook paths are appended; `undefined` when n8n isn't configured. Never ends in a slash. */
  webhookBase(): string | undefined {
    const base = this.webhook_base_url ?? (this.endpoint ? `${this.endpoint.replace(/\/+$/, '')}/webhook` : undefined);
    return base?.replace(/\/+$/, '');
  }
}

/** Names of the Dify apps, for records and logs: the API key decides which app is called. */
export class DifyAgentSettings {
  @Setting({ type: 'text', doc: 'App that analyses alerts.' })
  alert_analyzer: string = 'alert-analysis-agent';

  @Setting({ type: 'text', doc: 'App that proposes decisions.' })
  decision_maker: string = 'decision-making-agent';
}

/** Keys of apps by what they are for; the key decides which app is called. */
export class DifyKeySettings {
  @Setting({
    type: 'text',
    env: 'DIFY_ALERT_ANALYZER_API_KEY',
    secret: true,
    doc: 'API key of the app that analyses alerts; without it `dify.api_key` is.',
  })
  alert_analyzer?: string;
}

/** A dataset of Dify that the knowledge is copied to. */
export class DifyDatasetSettings {
  @Setting({
    type: 'text',
    env: 'DIFY_DATASET_ID',
    doc: 'Id of the dataset that documents of the knowledge are copied to; without it none are. It should hold nothing else.',
  })
  @Matches(/^[0-9a-fA-F-]{1,36}$/, { message: 'must be the id of a dataset' })
  id?: string;

  @Setting({
    type: 'text',
    env: 'DIFY_DATASET_API_KEY',
    secret: true,
    doc: 'API key for knowledge (`dataset-…`); the keys of apps do not open it.',
  })
  api_key?: string;
}

/** How the Dify app is called: which API its kind offers. */
export const DIFY_MODES = ['workflow', 'chat', 'completion'] as const;
export type DifyMode = (typeof DIFY_MODES)[number];

/** A Dify server that answers questions about incidents. */
export class DifySettings {
  @Setting({
    type: 'text',
    env: 'DIFY_ENDPOINT',
    doc: 'Address of Dify, without `/v1`. Without it the built-in analyst is used.',
  })
  @IsAddress(['http', 'https'])
  endpoint?: string;

  @Setting({
    type: 'text',
    env: 'DIFY_API_KEY',
    secret: true,
    doc: 'API key of the app, for purposes that have none of their own in `keys`.',
  })
  api_key?: string;

  @Section(() => DifyKeySettings, 'API keys by purpose.')
  keys: DifyKeySettings = new DifyKeySettings();

  @Section(() => DifyAgentSettings, 'Names of the apps.')
  agents: DifyAgentSettings = new DifyAgentSettings();

  @Setting({ type: 'list', doc: 'Knowledge bases the analysis may use.' })
  knowledge_bases: string[] = [];

  @Setting({ type: 'duration', doc: 'How long one answer may take.' })
  @DurationBetween('1s', '20m')
  timeout: number = 60_000;

  @Setting({ type: 'text', env: 'DIFY_MODE', oneOf: DIFY_MODES, doc: 'Kind of the app.' })
  mode: DifyMode = 'workflow';

  @Section(() => DifyDatasetSettings, 'Where the knowledge is copied to.')
  dataset: DifyDatasetSettings = new DifyDatasetSettings();

  @Setting({
    type: 'number',
    doc: 'Price of 1,000 tokens that are sent; without prices the price that Dify reports counts.',
  })
  @Min(0)
  price_input: number = 0;

  @Setting({ type: 'number', doc: 'Price of 1,000 tokens of answers.' })
  @Min(0)
  price_output: number = 0;

  /** Key of the app that analyses alerts. */
  analyzerKey(): string | undefined {
    return this.keys.alert_analyzer || this.api_key;
  }

  /** Where paths such as `/v1/info` are appended; `undefined` when no app of Dify is configured. Never ends in a slash. */
  base(): string | undefined {
    if (!this.endpoint || !this.analyzerKey()) return undefined;
    return this.endpoint.replace(/\/+$/, '').replace(/\/v1$/, '');
  }
}

/** A server with OpenAI's API for chats: OpenAI itself, or one for models of one's own. */
export class OpenAiSettings {
  @Setting({
    type: 'text',
    env: 'OPENAI_ENDPOINT',
    doc: 'Base address, with `/v1`: `https://api.openai.com/v1`, or that of a server for local models. Asked when Dify is not configured or gives no usable answer.',
  })
  @IsAddress(['http', 'https'])
  endpoint?: string;

  @Setting({
    type: 'text',
    env: 'OPENAI_API_KEY',
    secret: true,
    doc: 'API key; servers for local models mostly want none.',
  })
  api_key?: string;

  @Setting({ type: 'text', env: 'OPENAI_MODEL', doc: 'Name of the model.' })
  model: string = 'gpt-4o-mini';

  @Setting({ type: 'duration', doc: 'How long one answer may take.' })
  @DurationBetween('1s', '20m')
  timeout: number = 60_000;

  @Setting({ type: 'number', doc: 'Price of 1,000 tokens that are sent.' })
  @Min(0)
  price_input: number = 0;

  @Setting({ type: 'number', doc: 'Price of 1,000 tokens of answers.' })
  @Min(0)
  price_output: number = 0;
}

/** When an analysed incident is resolved, escalated or routed. Scores are between 0 and 1. */
export class DecisionSettings {
  @Setting({ type: 'number', doc: 'Resolving may be proposed only when the severity score is below this …' })
  @Min(0)
  @Max(1)
  auto_resolve_max_severity: number = 0.3;

  @Setting({ type: 'number', doc: '… and the confidence is above this.' })
  @Min(0)
  @Max(1)
  auto_resolve_min_confidence: number = 0.8;

  @Setting({ type: 'number', doc: 'Escalate at once when the severity score is above this.' })
  @Min(0)
  @Max(1)
  escalate_min_severity: number = 0.8;

  @Setting({ type: 'number', doc: 'Escalate at once when the confidence is below this.' })
  @Min(0)
  @Max(1)
  escalate_max_confidence: number = 0.5;

  @Setting({ type: 'number', doc: 'A routed incident needs escalation when the severity score is above this.' })
  @Min(0)
  @Max(1)
  routed_escalation_min_severity: number = 0.7;

  @Setting({
    type: 'number',
    doc: 'A routed incident has priority high, not medium, when the severity score is above this.',
  })
  @Min(0)
  @Max(1)
  high_priority_min_severity: number = 0.6;

  @Setting({ type: 'text', doc: 'Team that gets an incident when the analysis names none.' })
  default_team: string = 'platform';
}

/** How long the records of the ai service are kept that nobody needs for deciding any more. */
export class AiRetentionSettings {
  @Setting({
    type: 'duration',
    doc: 'How long dead letters are kept, counted from when the run died; then they are deleted. One that waits for a replay, since its analysis failed, stays until it is replayed or deleted by somebody.',
  })
  @DurationBetween('1d', '3650d')
  dead_letters: number = 90 * 86_400_000;

  @Setting({
    type: 'duration',
    doc: 'How many whole days the ledger of calls of models (`model_calls`) is kept; then they are deleted, except those of an incident that is still open. Afterwards `usage` of an analysis is gone, and Dify hears no more opinions of it.',
  })
  @DurationBetween('1d', '3650d')
  model_calls: number = 90 * 86_400_000;

  @Setting({
    type: 'duration',
    doc: 'How long analyses are kept, counted from their end; then they are deleted with their decisions, what people think of them and the notes for Dify about that. Those stay that are not over, have a dead letter, belong to an incident that is open or was over for less than that, have an action that waits or an outcome that counts for autonomy, are the source of a lesson in force, or were judged lately. Reports of weeks before that are empty.',
  })
  @DurationBetween('30d', '3650d')
  analyses: number = 365 * 86_400_000;

  @Setting({
    type: 'duration',
    doc: 'How long incidents are remembered after they were over; then they are deleted. Those stay that are open, or that an analysis, an action that waits or a lesson in force is about. Similar incidents are looked for in 180 days, so a shorter time finds fewer.',
  })
  @DurationBetween('30d', '3650d')
  known_incidents: number = 365 * 86_400_000;
}

/** How incidents are decided on. */
export class AiSettings {
  @Section(() => DecisionSettings, 'Thresholds of the decision engine.')
  decision: DecisionSettings = new DecisionSettings();

  @Section(() => AutomationSettings, 'Actions and their gates.')
  automation: AutomationSettings = new AutomationSettings();

  @Section(() => BudgetSettings, 'What calls of models may take.')
  budget: BudgetSettings = new BudgetSettings();

  @Section(
    () => AiRetentionSettings,
    'How long dead letters, the ledger of calls, analyses with their decisions, and incidents are kept.',
  )
  retention: AiRetentionSettings = new AiRetentionSettings();
}
