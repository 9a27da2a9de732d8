import { IsInt, Matches, Max, Min } from 'class-validator';
import { DurationBetween } from './duration';
import { Section, SectionList, Setting } from './setting';

const EXECUTORS = ['n8n', 'http', 'alertmanager_silence', 'suppression'] as const;
const PARAMETER_TYPES = ['string', 'integer', 'number', 'boolean', 'duration'] as const;
const POST_CHECKS = ['none', 'alert_cleared'] as const;

/** One parameter of an action. */
export class ActionParameterSettings {
  @Setting({ type: 'text', required: true, doc: 'Name of the parameter.' })
  name!: string;

  @Setting({ type: 'text', oneOf: PARAMETER_TYPES, doc: 'Type of its values.' })
  type: (typeof PARAMETER_TYPES)[number] = 'string';

  @Setting({ type: 'text', doc: 'What it is for.' })
  description: string = '';

  @Setting({ type: 'boolean', doc: 'Whether a request without it is refused.' })
  required: boolean = false;

  @Setting({ type: 'number', doc: 'Lowest value; of durations in milliseconds, of texts the length.' })
  min?: number;

  @Setting({ type: 'number', doc: 'Highest value; of durations in milliseconds, of texts the length.' })
  max?: number;

  @Setting({ type: 'list', doc: 'The only texts that are allowed.' })
  one_of?: string[];

  @Setting({ type: 'text', doc: 'Value of a request without it, written as text.' })
  default?: string;

  @Setting({ type: 'text', doc: 'Label of the alert that gives the value of a request without it.' })
  from_label?: string;
}

/** One action that may be asked for. */
export class CatalogueActionSettings {
  @Setting({ type: 'text', required: true, doc: 'Id of the action; that of a built-in one replaces it.' })
  @Matches(/^[a-z][a-z0-9_]{0,99}$/, { message: 'must have lower-case letters, digits and _' })
  id!: string;

  @Setting({ type: 'text', required: true, doc: 'What it does, for whoever approves it.' })
  description!: string;

  @Setting({ type: 'text', oneOf: EXECUTORS, required: true, doc: 'What carries it out.' })
  executor!: (typeof EXECUTORS)[number];

  @Setting({
    type: 'text',
    doc: 'For `http`: the URL. For `n8n`: a webhook path other than `n8n.workflows.automation_action`.',
  })
  address?: string;

  @Setting({ type: 'text', secret: true, doc: 'For `http`: the key that requests are signed with (HMAC-SHA-256).' })
  signing_key?: string;

  @SectionList(() => ActionParameterSettings, 'Its parameters; others are refused.')
  parameters: ActionParameterSettings[] = [];

  @Setting({ type: 'boolean', doc: 'Whether a request must name a service.' })
  needs_service: boolean = false;

  @Setting({
    type: 'list',
    doc: 'Clusters it may act in: names, beginnings with `*`, `!` in front forbids. None unless named.',
  })
  clusters: string[] = [];

  @Setting({ type: 'list', doc: 'Namespaces it may act in, written likewise. None unless named.' })
  namespaces: string[] = [];

  @Setting({ type: 'text', oneOf: POST_CHECKS, doc: 'What proves that it helped.' })
  post_check: (typeof POST_CHECKS)[number] = 'alert_cleared';

  @Setting({ type: 'duration', doc: 'How soon the check must hold.' })
  @DurationBetween('10s', '1d')
  post_check_within: number = 900_000;

  @Setting({ type: 'boolean', doc: 'Whether what carries it out can take it back.' })
  can_undo: boolean = false;

  @Setting({ type: 'integer', doc: 'How often it may begin in an hour.' })
  @Min(1)
  @Max(10_000)
  max_per_hour: number = 10;

  @Setting({ type: 'integer', doc: 'How many may be under way at once.' })
  @Min(1)
  @Max(1_000)
  max_concurrent: number = 2;

  @Setting({ type: 'integer', doc: 'How many different targets it may have in one cluster in an hour.' })
  @Min(1)
  @Max(10_000)
  max_targets_per_hour: number = 3;

  @Setting({ type: 'duration', doc: 'How long one execution may take.' })
  @DurationBetween('1s', '1h')
  timeout: number = 60_000;

  @Setting({ type: 'boolean', doc: 'Whether it may ever run without a person, once its record is good enough.' })
  allows_autonomy: boolean = false;

  @Setting({
    type: 'boolean',
    doc: 'For `http`: whether the other side does a request with the same Idempotency-Key once. A lost execution may then be repeated.',
  })
  is_idempotent: boolean = false;
}

/** What a record of outcomes must show before an action runs without a person. */
export class AutonomySettings {
  @Setting({ type: 'number', doc: 'Lower bound of the share of right suggestions.' })
  @Min(0.5)
  @Max(0.999)
  lower_bound: number = 0.9;

  @Setting({ type: 'number', doc: 'Quantile of the Beta posterior that must be above the bound.' })
  @Min(0.001)
  @Max(0.5)
  quantile: number = 0.05;

  @Setting({ type: 'integer', doc: 'Outcomes that there must be at least.' })
  @Min(5)
  @Max(10_000)
  min_outcomes: number = 20;

  @Setting({ type: 'integer', doc: 'How many of the newest outcomes count.' })
  @Min(5)
  @Max(10_000)
  window: number = 50;

  @Setting({ type: 'integer', doc: 'Failures that there may be among the ten newest outcomes.' })
  @IsInt()
  @Min(0)
  @Max(4)
  max_recent_failures: number = 2;
}

export const AUTOMATION_MODES = ['shadow', 'ask', 'auto'] as const;
export type AutomationMode = (typeof AUTOMATION_MODES)[number];

/** Actions, and what must be so before one runs. */
export class AutomationSettings {
  @Setting({
    type: 'text',
    env: 'ALERTAGENT_AUTOMATION_MODE',
    oneOf: AUTOMATION_MODES,
    doc: 'What suggestions of analyses become: `shadow` records what would have been done, `ask` asks people to approve it, `auto` also runs what has earned it.',
  })
  mode: AutomationMode = 'shadow';

  @Setting({ type: 'duration', doc: 'How long a request waits for approval.' })
  @DurationBetween('1m', '7d')
  approval_within: number = 1_800_000;

  @Setting({ type: 'duration', doc: 'How long an approved action may wait for its turn.' })
  @DurationBetween('10s', '1d')
  begin_within: number = 600_000;

  @Section(() => AutonomySettings, 'When an action may run without a person.')
  autonomy: AutonomySettings = new AutonomySettings();

  @SectionList(() => CatalogueActionSettings, 'Actions besides the built-in ones.')
  catalogue: CatalogueActionSettings[] = [];
}
