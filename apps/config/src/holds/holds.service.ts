import {
  ServiceError,
  type Actor,
  type HoldCluster,
  type HoldPage,
  type HoldView,
  type PageQuery,
  type ReleaseCluster,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConfigKey } from '../revisions/config-key';
import type { Head } from '../revisions/head';
import { HoldsStore } from '../revisions/holds.store';
import { NamedClusters } from './named-clusters';

const DEFAULT_PAGE = 50;

/** What people decide about one cluster's configuration: that it stays, that it follows again. */
@Injectable()
export class HoldsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: HoldsStore,
    private readonly clusters: NamedClusters,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Holding what a person holds already changes the reason. Errors: `conflict` while a rollout holds it. */
  async hold({ cluster_id, type, reason, actor }: HoldCluster): Promise<HoldView> {
    const cluster = await this.clusters.one(cluster_id);
    const key: ConfigKey = { clusterId: cluster.id, type: type ?? 'prometheus-rules' };
    const hold = { heldBy: actor.name, reason, rolloutId: null, at: this.clock.now() };
    return inTransaction(this.dataSource, async (tx) => {
      const [held] = await this.store.ofClusters(tx, key.type, [key.clusterId]);
      if (held?.rolloutId) throw new ServiceError('conflict', 'a rollout holds this configuration');
      await this.store.take(tx, key, hold);
      await this.record(tx, actor, 'config.hold', key, { reason });
      const [taken] = await this.store.ofClusters(tx, key.type, [key.clusterId]);
      if (!taken) throw new Error('a hold that was just taken is not there');
      return holdView(taken);
    });
  }

  /** A rollout that holds it then leaves it and pauses. Errors: `not_found` when it is not held. */
  async release({ cluster_id, type, actor }: ReleaseCluster): Promise<void> {
    const cluster = await this.clusters.one(cluster_id);
    const key: ConfigKey = { clusterId: cluster.id, type: type ?? 'prometheus-rules' };
    await inTransaction(this.dataSource, async (tx) => {
      const [held] = await this.store.ofClusters(tx, key.type, [key.clusterId]);
      if (!held) throw new ServiceError('not_found', 'this configuration is not held');
      await this.store.release(tx, key, this.clock.now());
      await this.record(tx, actor, 'config.release', key, { held_by: held.heldBy, rollout_id: held.rolloutId });
    });
  }

  /** By cluster id. */
  async list({ cursor, limit }: PageQuery): Promise<HoldPage> {
    const size = limit ?? DEFAULT_PAGE;
    const rows = await this.store.list(cursor ? readCursor(cursor) : null, size + 1);
    const items = rows.slice(0, size);
    const last = items.at(-1);
    return {
      items: items.map(holdView),
      next_cursor: rows.length > size && last ? `${last.clusterId}.${last.type}` : null,
    };
  }

  private async record(
    tx: EntityManager,
    actor: Actor,
    action: string,
    { clusterId, type }: ConfigKey,
    after: object | null,
  ): Promise<void> {
    const resource = { resource_type: 'config', resource_id: `${clusterId}/${type}` };
    await this.audit.record(tx, { actor, action, ...resource, after });
  }
}

function readCursor(cursor: string): ConfigKey {
  const match = /^([0-9a-f-]{36})\.(prometheus-rules|alertmanager-config)$/.exec(cursor);
  if (!match?.[1]) throw new ServiceError('invalid', 'unknown cursor');
  return { clusterId: match[1], type: match[2] as ConfigKey['type'] };
}

function holdView(head: Head): HoldView {
  return {
    cluster_id: head.clusterId,
    type: head.type,
    revision: head.revision,
    reason: head.holdReason,
    held_by: head.heldBy ?? '',
    held_at: (head.heldAt ?? head.changedAt).toISOString(),
    rollout_id: head.rolloutId,
  };
}
