import { MaxLength } from 'class-validator';
import { IsAddress } from './address';
import { DurationBetween } from './duration';
import { SectionList, Setting } from './setting';

/** A cluster that is registered at start if it isn't yet; later changes are made over the API. */
export class InitialClusterSettings {
  @Setting({ type: 'text', required: true, doc: 'Unique name of the cluster.' })
  @MaxLength(100, { message: 'must be at most 100 characters' })
  name!: string;

  @Setting({ type: 'text', required: true, doc: "Address of the cluster's Alertmanager." })
  @IsAddress(['http', 'https'])
  endpoint!: string;

  @Setting({
    type: 'text',
    doc: 'Where the sidecar beside this Alertmanager writes its configuration. Kept for display; the sidecar has its own setting.',
  })
  config_path?: string;

  @Setting({
    type: 'text',
    doc: 'Where the sidecar beside Prometheus writes rule files. Kept for display; the sidecar has its own setting.',
  })
  rules_path?: string;

  @Setting({
    type: 'duration',
    doc: 'How often sidecars report even when nothing changed; a member that stays silent for three intervals is shown as lost.',
  })
  @DurationBetween('1s', '1h')
  sync_interval: number = 30_000;

  @Setting({ type: 'duration', doc: "How often the cluster's health is checked." })
  @DurationBetween('1s', '1h')
  health_check_interval: number = 10_000;

  @Setting({ type: 'map', doc: 'Labels of the cluster, which rules may select by.' })
  labels: Record<string, string> = {};
}

/** The monitored clusters. */
export class AlertmanagerSettings {
  @SectionList(() => InitialClusterSettings, 'Clusters to register at start.')
  clusters: InitialClusterSettings[] = [];
}
