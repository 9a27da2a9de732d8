import { alertmanagerMinor } from '@alertagent/alerting';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredCluster } from '../clusters/stored-cluster';
import { HealthStore } from '../health/health.store';
import { alertAgentAddress } from './alertagent-address';
import { ConfigurationWorld } from './configuration-world';
import { LayersStore } from './layers.store';
import { SecretVault } from './secret-vault';

/** Reads what the effective configurations of clusters depend on. */
@Injectable()
export class ConfigurationWorlds {
  constructor(
    private readonly layers: LayersStore,
    private readonly health: HealthStore,
    private readonly vault: SecretVault,
    private readonly config: AlertAgentConfig,
  ) {}

  async read(manager: EntityManager, clusters: readonly StoredCluster[]): Promise<ConfigurationWorld> {
    return new ConfigurationWorld({
      layers: await this.layers.list(manager, {}),
      versions: await this.versions(manager, clusters),
      secretOf: await this.vault.openAll(manager),
      alertAgent: alertAgentAddress(this.config),
    });
  }

  private async versions(
    manager: EntityManager,
    clusters: readonly StoredCluster[],
  ): Promise<Map<string, readonly string[]>> {
    const members = await this.health.members(
      manager,
      clusters.map(({ id }) => id),
    );
    const found = new Map<string, Set<string>>();
    for (const { clusterId, type, version } of members) {
      if (type !== 'alertmanager-config' || version === null || alertmanagerMinor(version) === null) continue;
      found.set(clusterId, (found.get(clusterId) ?? new Set()).add(version));
    }
    return new Map([...found].map(([id, versions]) => [id, [...versions].sort()]));
  }
}
