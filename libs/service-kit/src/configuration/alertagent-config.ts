import { AlertmanagerSettings } from './alertmanager.settings';
import { AiSettings, DifySettings, OpenAiSettings, N8nSettings } from './analysis.settings';
import { DatabaseSettings } from './database.settings';
import { DistributionSettings } from './distribution.settings';
import { GatewaySettings } from './gateway.settings';
import { NatsSettings } from './nats.settings';
import { LoggingSettings, MetricsSettings } from './observability.settings';
import { RulesSettings } from './rules.settings';
import { SecuritySettings } from './security.settings';
import { ServerSettings } from './server.settings';
import { Section, Setting } from './setting';

/**
 * All configuration of all services, as in `alertagent.yml`: keys are the names of the fields. Durations are
 * milliseconds. Made by `loadConfiguration`; `new AlertAgentConfig()` holds the defaults.
 */
export class AlertAgentConfig {
  @Section(() => ServerSettings, 'Where AlertAgent listens.')
  server: ServerSettings = new ServerSettings();

  @Section(() => DatabaseSettings, 'Where the services keep their data.')
  database: DatabaseSettings = new DatabaseSettings();

  @Section(() => NatsSettings, 'The message server between the services.')
  nats: NatsSettings = new NatsSettings();

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_DATA_DIR',
    doc: 'Directory of SQLite files, generated tokens and keys. A relative path counts from where the process was started.',
  })
  data_dir: string = './.alertagent';

  @Section(() => AlertmanagerSettings, 'The monitored clusters.')
  alertmanager: AlertmanagerSettings = new AlertmanagerSettings();

  @Section(() => N8nSettings, 'Workflows in n8n.')
  n8n: N8nSettings = new N8nSettings();

  @Section(() => DifySettings, 'Agents in Dify.')
  dify: DifySettings = new DifySettings();

  @Section(() => OpenAiSettings, "Models behind OpenAI's API.")
  openai: OpenAiSettings = new OpenAiSettings();

  @Section(() => DistributionSettings, 'From a changed rule to the clusters.')
  distribution: DistributionSettings = new DistributionSettings();

  @Section(() => RulesSettings, 'What is expected of rules.')
  rules: RulesSettings = new RulesSettings();

  @Section(() => GatewaySettings, 'From webhook to incident.')
  gateway: GatewaySettings = new GatewaySettings();

  @Section(() => AiSettings, 'From analysis to decision.')
  ai: AiSettings = new AiSettings();

  @Section(() => SecuritySettings, 'First access, keys and outgoing requests.')
  security: SecuritySettings = new SecuritySettings();

  @Section(() => LoggingSettings, 'Logs.')
  logging: LoggingSettings = new LoggingSettings();

  @Section(() => MetricsSettings, 'Metrics.')
  metrics: MetricsSettings = new MetricsSettings();
}
