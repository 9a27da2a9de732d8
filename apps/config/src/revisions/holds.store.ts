import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, MoreThan, Not, type EntityManager } from 'typeorm';
import type { ConfigType } from '@alertagent/contracts';
import { isUniqueViolation } from '@alertagent/service-kit';
import { ConfigHead, EMPTY_HEAD } from './config-head.entity';
import type { ConfigKey } from './config-key';
import type { Head } from './head';

/** Who holds a configuration, and why. */
export interface Hold {
  heldBy: string;
  reason: string | null;
  /** The rollout that may publish although it holds; null for a person's hold. */
  rolloutId: string | null;
  at: Date;
}

/** Where configurations are held: in the row that publishing changes as well. */
@Injectable()
export class HoldsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes the hold over whoever had it. The caller has decided that this may be. */
  async take(tx: EntityManager, key: ConfigKey, { at, heldBy, reason, rolloutId }: Hold): Promise<void> {
    const hold = { heldAt: at, heldBy, holdReason: reason, rolloutId };
    const { affected } = await tx.update(ConfigHead, key, hold);
    if (affected) return;
    try {
      await tx.insert(ConfigHead, { ...EMPTY_HEAD, ...key, ...hold, changedAt: at });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await tx.update(ConfigHead, key, hold);
    }
  }

  /** Lets one configuration, or all that a rollout holds, follow what is wanted again, and asks for a render of each. */
  async release(tx: EntityManager, which: ConfigKey | { rolloutId: string }, at: Date): Promise<void> {
    const free = { heldAt: null, heldBy: null, holdReason: null, rolloutId: null, renderDue: at };
    await tx.update(ConfigHead, { ...which, heldAt: Not(IsNull()) }, free);
  }

  /** Lets exactly the file of this hash be published, however many rules of these contents it lacks, and asks for a render. */
  async confirm(tx: EntityManager, key: ConfigKey, file: { hash: string; from: string[] }, at: Date): Promise<void> {
    await tx.update(ConfigHead, key, { confirmedHash: file.hash, confirmedFrom: file.from, renderDue: at });
  }

  /** The held ones among these clusters. */
  async ofClusters(manager: EntityManager, type: ConfigType, clusterIds: readonly string[]): Promise<Head[]> {
    return manager.findBy(ConfigHead, { type, clusterId: In(clusterIds), heldAt: Not(IsNull()) });
  }

  /** How many configurations the rollout still holds. */
  count(manager: EntityManager, rolloutId: string): Promise<number> {
    return manager.countBy(ConfigHead, { rolloutId });
  }

  /** How many configurations are held at all. */
  countAll(): Promise<number> {
    return this.dataSource.manager.countBy(ConfigHead, { heldAt: Not(IsNull()) });
  }

  /** A page of everything that is held, by cluster and type. */
  list(after: ConfigKey | null, limit: number): Promise<Head[]> {
    const held = { heldAt: Not(IsNull()) };
    return this.dataSource.manager.find(ConfigHead, {
      where: after
        ? [
            { ...held, clusterId: MoreThan(after.clusterId) },
            { ...held, clusterId: after.clusterId, type: MoreThan(after.type) as unknown as ConfigType },
          ]
        : held,
      order: { clusterId: 'ASC', type: 'ASC' },
      take: limit,
    });
  }

  /** Asks for a render of everything whose newest file was refused and that follows what is wanted. */
  async retryRefused(at: Date): Promise<void> {
    const { manager } = this.dataSource;
    // Read first, then changed one by one: an update that looks for them would lock every head on MariaDB, and wait for every publication.
    const refused = await manager
      .createQueryBuilder(ConfigHead, 'head')
      // Only a refused revision takes a number without being served.
      .where('head.lastRevision > head.revision AND head.retiredAt IS NULL')
      .andWhere('head.heldAt IS NULL AND head.renderDue IS NULL')
      .getMany();
    for (const { clusterId, type } of refused)
      await manager.update(ConfigHead, { clusterId, type, renderDue: IsNull() }, { renderDue: at });
  }

  /** What has to be rendered because it was released, confirmed or refused before, oldest first. */
  due(limit: number): Promise<Head[]> {
    return this.dataSource.manager.find(ConfigHead, {
      where: { renderDue: Not(IsNull()) },
      order: { renderDue: 'ASC' },
      take: limit,
    });
  }

  /** Rendered; a render that was asked for meanwhile stays due. */
  async rendered(key: ConfigKey, due: Date): Promise<void> {
    await this.dataSource.manager.update(ConfigHead, { ...key, renderDue: due }, { renderDue: null });
  }
}
