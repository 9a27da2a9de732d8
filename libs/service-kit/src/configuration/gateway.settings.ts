import { ArrayMinSize, Max, Min } from 'class-validator';
import { DurationBetween } from './duration';
import { LiveSettings } from './live.settings';
import { Section, SectionList, Setting } from './setting';

/** Alerts that belong together become one incident. */
export class ConvergenceSettings {
  @Setting({ type: 'boolean', doc: 'Without convergence every alert opens its own incident.' })
  enabled: boolean = true;

  @Setting({ type: 'duration', doc: 'How long after its first alert an incident still takes in others.' })
  @DurationBetween('1s', '7d')
  window: number = 300_000;

  @Setting({ type: 'integer', doc: 'How many alerts one incident takes in; the next one opens another.' })
  @Min(1)
  @Max(10_000)
  max_alerts: number = 10;

  @Setting({
    type: 'list',
    doc: 'Labels whose values two alerts must share to belong together; the cluster always counts.',
  })
  @ArrayMinSize(1, { message: 'must name at least one label' })
  group_by: string[] = ['alertname', 'service'];
}

/** Alerts that match are recorded but open no incident. */
export class SuppressionRuleSettings {
  @Setting({ type: 'text', required: true, doc: 'Name, shown as the reason on each suppressed alert.' })
  name!: string;

  @Setting({ type: 'text', required: true, doc: "Condition over the alert, e.g. `labels.maintenance == 'true'`." })
  condition!: string;

  @Setting({ type: 'duration', required: true, doc: 'How long one alert stays suppressed, counted from its start.' })
  @DurationBetween('1s', '365d')
  duration!: number;
}

/** Rules that keep known noise from opening incidents. */
export class SuppressionSettings {
  @Setting({ type: 'boolean', doc: 'Whether the rules apply.' })
  enabled: boolean = true;

  @SectionList(() => SuppressionRuleSettings, 'The rules; the first that matches counts.')
  rules: SuppressionRuleSettings[] = [];
}

/** Sends matching incidents to a workflow. */
export class RoutingRuleSettings {
  @Setting({ type: 'map', required: true, doc: 'Labels an incident must carry, all of them.' })
  match!: Record<string, string>;

  @Setting({ type: 'text', required: true, doc: 'Workflow that analyses it: an n8n webhook path.' })
  workflow!: string;
}

/** Which workflow analyses an incident. */
export class RoutingSettings {
  @Setting({ type: 'text', doc: 'Workflow for incidents that no rule matches.' })
  default_workflow: string = 'alert-analysis';

  @SectionList(() => RoutingRuleSettings, 'The rules; the first that matches counts.')
  rules: RoutingRuleSettings[] = [];
}

/** How many webhooks are taken in at once. Above the limits the answer is 503, and Alertmanager comes again. */
export class IntakeSettings {
  @Setting({ type: 'integer', doc: 'Webhooks that may wait in memory for their commit; more are refused with 503.' })
  @Min(1)
  @Max(100_000)
  max_queue: number = 2_000;

  @Setting({ type: 'integer', doc: 'Webhooks committed in one transaction.' })
  @Min(1)
  @Max(1_000)
  max_batch: number = 64;

  @Setting({
    type: 'duration',
    doc: 'While the first webhook in the line of a cluster has waited this long for its turn, or the next one would by what the last commits took, more of that cluster are refused with 503.',
  })
  @DurationBetween('100ms', '8s')
  max_wait: number = 750;

  @Setting({ type: 'duration', doc: 'How long a webhook may wait for its commit before it is refused with 503.' })
  @DurationBetween('100ms', '8s')
  commit_timeout: number = 4_000;

  @Setting({ type: 'duration', doc: 'What `Retry-After` says when webhooks are refused; whole seconds.' })
  @DurationBetween('1s', '5m')
  retry_after: number = 5_000;

  @Setting({ type: 'integer', doc: 'Largest webhook body in bytes; larger ones are refused with 413.' })
  @Min(1_048_576)
  @Max(134_217_728)
  max_body_bytes: number = 16_777_216;
}

/** Healing of what got lost between a source and the records. */
export class ReconciliationSettings {
  @Setting({
    type: 'duration',
    doc: 'How long a change may be on its way, and how long an alert must be missed at its source before it counts as ended.',
  })
  @DurationBetween('10s', '1h')
  settling: number = 300_000;
}

/** How long alerts are kept. */
export class RetentionSettings {
  @Setting({
    type: 'duration',
    doc: 'How long processed webhooks, ended alerts and resolved incidents stay in the database; then they are archived under `data_dir` and deleted.',
  })
  @DurationBetween('1d', '3650d')
  keep: number = 90 * 86_400_000;

  @Setting({
    type: 'duration',
    doc: 'How long alerts stay in quarantine, counted from when they were set aside; then they are archived and deleted, replayed or not.',
  })
  @DurationBetween('1d', '3650d')
  quarantine: number = 90 * 86_400_000;
}

/** Sending of alert volumes to a time series database. */
export class VolumeExportSettings {
  @Setting({
    type: 'text',
    env: 'ALERTAGENT_VOLUMES_URL',
    doc: 'Address that takes InfluxDB line protocol, e.g. `http://influxdb:8086/write?db=alertagent&precision=s` or `http://victoria:8428/write?precision=s`; nothing is sent without one.',
  })
  url: string = '';

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_VOLUMES_TOKEN',
    secret: true,
    doc: 'Sent as `Authorization: Token …` when given.',
  })
  token: string = '';
}

/** From webhook to incident. */
export class GatewaySettings {
  @Section(() => ConvergenceSettings, 'Grouping of alerts into incidents.')
  convergence: ConvergenceSettings = new ConvergenceSettings();

  @Section(() => SuppressionSettings, 'Suppression of known noise.')
  suppression: SuppressionSettings = new SuppressionSettings();

  @Section(() => RoutingSettings, 'Choice of the workflow.')
  routing: RoutingSettings = new RoutingSettings();

  @Section(() => IntakeSettings, 'Limits of the webhook.')
  intake: IntakeSettings = new IntakeSettings();

  @Section(() => LiveSettings, 'Events over HTTP as they happen.')
  live: LiveSettings = new LiveSettings();

  @Section(() => ReconciliationSettings, 'Healing of lost notifications.')
  reconciliation: ReconciliationSettings = new ReconciliationSettings();

  @Section(() => RetentionSettings, 'How long alerts are kept.')
  retention: RetentionSettings = new RetentionSettings();

  @Section(() => VolumeExportSettings, 'Sending of alert volumes to InfluxDB or VictoriaMetrics.')
  volumes_export: VolumeExportSettings = new VolumeExportSettings();
}
