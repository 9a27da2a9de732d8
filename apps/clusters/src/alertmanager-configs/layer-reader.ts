import { diffOf } from '@alertagent/alerting';
import {
  ServiceError,
  type AlertmanagerLayerDiff,
  type AlertmanagerLayerPage,
  type AlertmanagerLayerVersionPage,
  type AlertmanagerLayerVersionView,
  type AlertmanagerLayerView,
  type DiffAlertmanagerLayer,
  type GetAlertmanagerLayerVersion,
  type ListAlertmanagerLayers,
  type ListAlertmanagerLayerVersions,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { assertCursor } from '../clusters/cursor';
import { layerSummary, layerView, scopeView, versionSummary } from './layer-content';
import type { StoredLayerVersion } from './layer-version.entity';
import type { StoredLayer } from './layer.entity';
import { LayersStore } from './layers.store';

const DEFAULT_LIMIT = 50;
const NEWER_THAN_ALL = 2_147_483_647;

/** Answers questions about layers and their versions. */
@Injectable()
export class LayerReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: LayersStore,
  ) {}

  /** By id or name. Errors: `not_found`, for deleted layers too. */
  async get(idOrName: string): Promise<AlertmanagerLayerView> {
    const layer = await this.known(idOrName);
    if (layer.deletedAt) throw noLayer();
    return layerView(layer);
  }

  /** In the order in which they were made. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, kind }: ListAlertmanagerLayers): Promise<AlertmanagerLayerPage> {
    assertCursor(cursor);
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(this.dataSource.manager, { kind, after: cursor }, size + 1);
    const items = found.slice(0, size);
    return { items: items.map(layerSummary), next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  /** Newest first, those of deleted layers by id. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async versions({ id, cursor, limit }: ListAlertmanagerLayerVersions): Promise<AlertmanagerLayerVersionPage> {
    if (cursor && !/^\d{1,9}$/.test(cursor)) {
      const problem = { pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' };
      throw new ServiceError('invalid', '/cursor: not a cursor of this list', { errors: [problem] });
    }
    const layer = await this.known(id);
    const size = limit ?? DEFAULT_LIMIT;
    const before = cursor ? Number(cursor) : NEWER_THAN_ALL;
    const found = await this.store.versions(this.dataSource.manager, layer.id, { before, limit: size + 1 });
    const items = found.slice(0, size).map(versionSummary);
    return { items, next_cursor: found.length > size ? String(items.at(-1)?.version) : null };
  }

  /** Errors: `not_found`. */
  async version({ id, version }: GetAlertmanagerLayerVersion): Promise<AlertmanagerLayerVersionView> {
    const row = await this.row(await this.known(id), version);
    return { ...versionSummary(row), ...comparable(row) };
  }

  /** How a version differs from another, or from the one before; the first differs from nothing. Errors: `not_found`. */
  async diff({ id, version, with: other }: DiffAlertmanagerLayer): Promise<AlertmanagerLayerDiff> {
    const layer = await this.known(id);
    const from = other ?? version - 1;
    const after = comparable(await this.row(layer, version));
    const before = from === 0 ? null : comparable(await this.row(layer, from));
    return { version, with: from, differences: diffOf(before, after) };
  }

  private async known(idOrName: string): Promise<StoredLayer> {
    const layer = await this.store.find(this.dataSource.manager, idOrName);
    if (!layer) throw noLayer();
    return layer;
  }

  private async row(layer: StoredLayer, version: number): Promise<StoredLayerVersion> {
    const row = await this.store.version(this.dataSource.manager, layer.id, version);
    if (!row) throw new ServiceError('not_found', `the layer has no version ${version}`);
    return row;
  }
}

const comparable = ({ content }: StoredLayerVersion) => ({
  name: content.name,
  scope: scopeView(content),
  document: content.document,
});

const noLayer = (): ServiceError => new ServiceError('not_found', 'there is no such layer');
