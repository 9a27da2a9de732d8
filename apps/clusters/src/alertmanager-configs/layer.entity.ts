import type { ConfigurationDocument } from '@alertagent/alerting';
import type { AlertmanagerLayerKind } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What a person can change of a layer. */
export interface LayerContent {
  name: string;
  kind: AlertmanagerLayerKind;
  /** For selectors. */
  matchers: string[];
  rank: number;
  /** For a cluster's own. */
  clusterId: string | null;
  /** Without secrets. */
  document: ConfigurationDocument;
}

/** A layer at its current version; deleted ones are kept. */
export interface StoredLayer extends LayerContent {
  id: string;
  /** The name while it is taken; null for deleted layers. */
  activeName: string | null;
  /** Says of what there may be only one, the organisation's layer and each cluster's; null for selectors and deleted layers. */
  onlyOne: string | null;
  version: number;
  author: string;
  reason: string;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export const layerEntity = new EntitySchema<StoredLayer>({
  name: 'alertmanager_configs',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 100 },
    activeName: { name: 'active_name', type: 'varchar', length: 100, nullable: true },
    kind: { type: 'varchar', length: 20 },
    onlyOne: { name: 'only_one', type: 'varchar', length: 60, nullable: true },
    matchers: { type: 'longtext', transformer: json<string[]>() },
    rank: { name: 'layer_rank', type: 'int' },
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, nullable: true },
    document: { type: 'longtext', transformer: json<ConfigurationDocument>() },
    version: { type: 'int' },
    author: { type: 'varchar', length: 200 },
    reason: { type: 'longtext' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
    deletedAt: { name: 'deleted_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'UQ_alertmanager_configs_active_name', columns: ['activeName'], unique: true },
    { name: 'UQ_alertmanager_configs_only_one', columns: ['onlyOne'], unique: true },
  ],
});
