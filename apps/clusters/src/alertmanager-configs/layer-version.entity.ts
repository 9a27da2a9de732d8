import type { AlertmanagerLayerChange } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { LayerContent } from './layer.entity';

/** A layer as it was at one version; never changed. */
export interface StoredLayerVersion {
  layerId: string;
  version: number;
  change: AlertmanagerLayerChange;
  author: string;
  reason: string;
  createdAt: Date;
  content: LayerContent;
}

export const layerVersionEntity = new EntitySchema<StoredLayerVersion>({
  name: 'alertmanager_config_versions',
  columns: {
    layerId: { name: 'layer_id', type: 'varchar', length: 36, primary: true },
    version: { type: 'int', primary: true },
    change: { name: 'change_kind', type: 'varchar', length: 20 },
    author: { type: 'varchar', length: 200 },
    reason: { type: 'longtext' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    content: { type: 'longtext', transformer: json<LayerContent>() },
  },
});
