import {
  ASSUMED_VERSIONS,
  effectiveConfiguration,
  selectLayers,
  type EffectiveConfiguration,
  type ScopedLayer,
} from '@alertagent/alerting';
import type { AlertAgentAddress } from './alertagent-address';
import type { StoredCluster } from '../clusters/stored-cluster';
import { scopeOf } from './layer-content';
import type { StoredLayer } from './layer.entity';

/** Everything that effective configurations depend on, as one transaction sees it. */
export interface WorldFacts {
  layers: readonly StoredLayer[];
  /** Versions that sidecars reported, by cluster. */
  versions: ReadonlyMap<string, readonly string[]>;
  secretOf: (name: string) => string | null;
  alertAgent: AlertAgentAddress;
}

/** What the layers of clusters add up to. Clusters with the same layers, versions and canary share the work. */
export class ConfigurationWorld {
  private readonly known = new Map<string, EffectiveConfiguration>();

  private readonly scoped: readonly (StoredLayer & ScopedLayer)[];

  constructor(readonly facts: WorldFacts) {
    this.scoped = facts.layers.map((layer) => ({ ...layer, scope: scopeOf(layer) }));
  }

  /** The same with something else in it. */
  with(changes: Partial<WorldFacts>): ConfigurationWorld {
    return new ConfigurationWorld({ ...this.facts, ...changes });
  }

  /** The layers that are meant for a cluster, the closest last. */
  layersOf(cluster: StoredCluster): StoredLayer[] {
    return selectLayers(this.scoped, cluster);
  }

  /** The versions that must load a cluster's file. */
  versionsOf(cluster: StoredCluster): readonly string[] {
    return this.facts.versions.get(cluster.id) ?? ASSUMED_VERSIONS;
  }

  effective(cluster: StoredCluster): EffectiveConfiguration {
    const layers = this.layersOf(cluster);
    const versions = this.versionsOf(cluster);
    const canary = cluster.settings.canary ?? false;
    const key = JSON.stringify([layers.map(({ id }) => id), versions, canary]);
    const known = this.known.get(key);
    if (known) return known;
    const { secretOf } = this.facts;
    const alertAgent = { ...this.facts.alertAgent, canary };
    const made = effectiveConfiguration({ layers, versions, alertAgent, secretOf });
    this.known.set(key, made);
    return made;
  }
}
