import type { AlertmanagerLayerInput } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClustersStore } from '../clusters/clusters.store';
import { readLayer, type ReadLayer } from './layer-content';

/** Reads what people write as layers: scopes name clusters by id or name. */
@Injectable()
export class LayerInputs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
  ) {}

  /** Errors: `invalid`, with every pointer. */
  async read(input: AlertmanagerLayerInput, layerId: string): Promise<ReadLayer> {
    const { kind, cluster } = input.scope;
    const found = kind === 'cluster' && cluster ? await this.clusters.find(this.dataSource.manager, cluster) : null;
    return readLayer(input, layerId, found?.id ?? null);
  }
}
