import { diffOf } from '@alertagent/alerting';
import {
  ServiceError,
  type AlertmanagerLayerPreview,
  type AlertmanagerPreviewedCluster,
  type PreviewAlertmanagerLayer,
} from '@alertagent/contracts';
import { Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClustersStore } from '../clusters/clusters.store';
import type { StoredCluster } from '../clusters/stored-cluster';
import type { ConfigurationWorld } from './configuration-world';
import { ConfigurationWorlds } from './configuration-worlds';
import { LayerInputs } from './layer-inputs';
import type { StoredLayer } from './layer.entity';

/** How many clusters and differences an answer spells out. */
const SHOWN = 20;
const SHOWN_DIFFERENCES = 100;

/** Shows what a layer would do to clusters, without storing anything. */
@Injectable()
export class LayerPreviews {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly worlds: ConfigurationWorlds,
    private readonly inputs: LayerInputs,
    private readonly clock: Clock,
  ) {}

  /** `id`: the layer that it would replace. Errors: `invalid`, with pointers; `not_found`. */
  async preview({ id, layer: input }: PreviewAlertmanagerLayer): Promise<AlertmanagerLayerPreview> {
    const { manager } = this.dataSource;
    const clusters = await this.clusters.list(manager, {});
    const before = await this.worlds.read(manager, clusters);
    const replaced = id ? before.facts.layers.find((layer) => layer.id === id || layer.name === id) : undefined;
    if (id && !replaced) throw new ServiceError('not_found', 'there is no such layer');
    const draftId = replaced?.id ?? newId();
    const { content, secrets } = await this.inputs.read(input, draftId);
    const now = this.clock.now();
    const draft: StoredLayer = {
      ...content,
      id: draftId,
      activeName: null,
      onlyOne: null,
      version: (replaced?.version ?? 0) + 1,
      author: '',
      reason: input.reason,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
    };
    const after = before.with({
      layers: [...before.facts.layers.filter((layer) => layer !== replaced), draft],
      secretOf: (name) => secrets.get(name) ?? before.facts.secretOf(name),
    });
    const touched = clusters.filter((cluster) =>
      [before, after].some((world) => world.layersOf(cluster).some((layer) => layer.id === draftId)),
    );
    const shown = touched.map((cluster) => previewOf(cluster, before, after));
    // Whoever looks needs those first that would not load.
    shown.sort((a, b) => Number(a.valid) - Number(b.valid));
    return {
      clusters: touched.length,
      invalid: shown.filter(({ valid }) => !valid).length,
      items: shown.slice(0, SHOWN),
    };
  }
}

function previewOf(
  cluster: StoredCluster,
  before: ConfigurationWorld,
  after: ConfigurationWorld,
): AlertmanagerPreviewedCluster {
  const { valid, problems, document } = after.effective(cluster);
  const differences = diffOf(before.effective(cluster).document, document).slice(0, SHOWN_DIFFERENCES);
  return { cluster_id: cluster.id, cluster_name: cluster.name, valid, problems, differences };
}
