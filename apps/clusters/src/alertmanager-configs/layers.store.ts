import type { AlertmanagerLayerKind } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, MoreThan, type EntityManager } from 'typeorm';
import { layerVersionEntity, type StoredLayerVersion } from './layer-version.entity';
import { layerEntity, type StoredLayer } from './layer.entity';

/** Which layers a list shows. */
export interface LayerFilter {
  kind?: AlertmanagerLayerKind | null;
  /** Only layers made after the one with this id. */
  after?: string | null;
}

/** Layers and their versions; whoever changes one has the lock. */
@Injectable()
export class LayersStore {
  /** The layer with this id, else the one with this name; deleted ones only by id. */
  async find(manager: EntityManager, idOrName: string): Promise<StoredLayer | null> {
    const found = await manager.findBy(layerEntity, [{ id: idOrName }, { activeName: idOrName }]);
    return found.find(({ id }) => id === idOrName) ?? found[0] ?? null;
  }

  /** In the order in which they were made; all unless a limit is given. */
  list(manager: EntityManager, { kind, after }: LayerFilter, limit?: number): Promise<StoredLayer[]> {
    return manager.find(layerEntity, {
      where: { deletedAt: IsNull(), ...(kind ? { kind } : {}), ...(after ? { id: MoreThan(after) } : {}) },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Errors: a unique violation when the name is taken, or there is such a layer already. */
  async insert(tx: EntityManager, layer: StoredLayer): Promise<void> {
    // Documents hold documents, which the types of TypeORM would follow for ever.
    const columns: object = layer;
    await tx.insert(layerEntity, columns);
  }

  /** Errors: as `insert`. */
  async replace(tx: EntityManager, { id, ...rest }: StoredLayer): Promise<void> {
    const columns: object = rest;
    await tx.update(layerEntity, { id }, columns);
  }

  async addVersion(tx: EntityManager, version: StoredLayerVersion): Promise<void> {
    const columns: object = version;
    await tx.insert(layerVersionEntity, columns);
  }

  version(manager: EntityManager, layerId: string, version: number): Promise<StoredLayerVersion | null> {
    return manager.findOneBy(layerVersionEntity, { layerId, version });
  }

  /** Newest first. */
  versions(
    manager: EntityManager,
    layerId: string,
    { before, limit }: { before: number; limit: number },
  ): Promise<StoredLayerVersion[]> {
    return manager.find(layerVersionEntity, {
      where: { layerId, version: LessThan(before) },
      order: { version: 'DESC' },
      take: limit,
    });
  }
}
