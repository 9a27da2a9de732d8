import {
  checkAlertmanagerConfig,
  readAlertmanagerConfig,
  renderConfigurationText,
  secretNames,
  testRoute,
  type EffectiveConfiguration,
} from '@alertagent/alerting';
import {
  ServiceError,
  type AlertmanagerRoutes,
  type AlertmanagerTextInput,
  type AlertmanagerVerdict,
  type DesiredAlertmanagerConfig,
  type EffectiveAlertmanagerConfig,
  type TestAlertmanagerRoute,
} from '@alertagent/contracts';
import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClustersStore } from '../clusters/clusters.store';
import type { StoredCluster } from '../clusters/stored-cluster';
import { alertAgentAddress } from './alertagent-address';
import type { ConfigurationWorld } from './configuration-world';
import { ConfigurationWorlds } from './configuration-worlds';

/** Answers what the Alertmanagers of a cluster should run, and where an alert would go there. */
@Injectable()
export class EffectiveReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly worlds: ConfigurationWorlds,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** The sum of a cluster's layers with where each value comes from, and what is wrong with it. Errors: `not_found`. */
  async show(idOrName: string): Promise<EffectiveAlertmanagerConfig> {
    const { cluster, world, effective } = await this.look(idOrName);
    return {
      cluster_id: cluster.id,
      cluster_name: cluster.name,
      versions: [...world.versionsOf(cluster)],
      versions_are_reported: world.facts.versions.has(cluster.id),
      layers: world.layersOf(cluster).map(({ id, name, kind, version }) => ({ id, name, kind, version })),
      valid: effective.valid,
      problems: effective.problems,
      document: effective.document,
      provenance: Object.fromEntries(effective.provenance),
      file: renderConfigurationText(effective.file, HIDDEN),
    };
  }

  /** Which receivers get an alert. Errors: `not_found`; `conflict` when no Alertmanager would load the configuration. */
  async route({ id, labels, at }: TestAlertmanagerRoute): Promise<AlertmanagerRoutes> {
    const { cluster, world, effective } = await this.look(id);
    if (!effective.valid)
      throw new ServiceError('conflict', 'the configuration of the cluster is not valid; see its problems');
    const [version] = world.versionsOf(cluster);
    const moment = at ? new Date(at) : this.clock.now();
    const text = renderConfigurationText(effective.file, HIDDEN);
    const target = { version: version! };
    return {
      at: moment.toISOString(),
      routes: testRoute(readAlertmanagerConfig(text, target), target, labels, moment.getTime()),
    };
  }

  /** Judges a text by the rules of one version. */
  judge({ text, version }: AlertmanagerTextInput): AlertmanagerVerdict {
    const { valid, problems } = checkAlertmanagerConfig(text, { version });
    return { valid, problems: problems.map((problem) => ({ ...problem, layers: [], versions: [version] })) };
  }

  /** What config renders: AlertAgent's receiver alone without layers, else their sum with its secrets. Errors: `not_found`. */
  async desired(idOrName: string): Promise<DesiredAlertmanagerConfig> {
    const { cluster, world, effective } = await this.look(idOrName);
    const canary = cluster.settings.canary ?? false;
    const own = { cluster_id: cluster.id, ...alertAgentAddress(this.config), canary };
    if (world.layersOf(cluster).length === 0) return own;
    const { secretOf } = world.facts;
    const known = secretNames(effective.file).flatMap((name): [string, string][] => {
      const value = secretOf(name);
      return value === null ? [] : [[name, value]];
    });
    return {
      ...own,
      versions: [...world.versionsOf(cluster)],
      document: effective.file,
      secrets: Object.fromEntries(known),
    };
  }

  private async look(
    idOrName: string,
  ): Promise<{ cluster: StoredCluster; world: ConfigurationWorld; effective: EffectiveConfiguration }> {
    const { manager } = this.dataSource;
    const cluster = await this.clusters.find(manager, idOrName);
    if (!cluster) throw new ServiceError('not_found', 'there is no such cluster');
    const world = await this.worlds.read(manager, [cluster]);
    return { cluster, world, effective: world.effective(cluster) };
  }
}

/** Fits wherever a secret stands, and is what Alertmanager itself shows. */
const HIDDEN = '<secret>';
