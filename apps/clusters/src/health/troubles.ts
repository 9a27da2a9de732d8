import { clusterTroubleChanged, type ClusterTrouble } from '@alertagent/contracts';
import { Clock, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { StoredCluster } from '../clusters/stored-cluster';
import { clusterTroubleEntity } from './cluster-trouble.entity';
import type { StoredTrouble } from './stored-trouble';

/** Remembers which troubles others were told of, so that each begins and ends for them exactly once. The caller has the cluster locked. */
@Injectable()
export class Troubles {
  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** By cluster and kind. */
  list(manager: EntityManager, clusterIds: readonly string[]): Promise<StoredTrouble[]> {
    if (clusterIds.length === 0) return Promise.resolve([]);
    return manager.find(clusterTroubleEntity, {
      where: { clusterId: In([...clusterIds]) },
      order: { clusterId: 'ASC', kind: 'ASC', type: 'ASC', subject: 'ASC' },
    });
  }

  /** Tells what is new among the troubles of a cluster, and what is over. */
  async settle(
    tx: EntityManager,
    cluster: Pick<StoredCluster, 'id' | 'name'>,
    now: readonly StoredTrouble[],
  ): Promise<void> {
    const known = await this.list(tx, [cluster.id]);
    const knownKeys = new Set(known.map(keyOf));
    const nowKeys = new Set(now.map(keyOf));
    // What begins is told first: an incident that both belong to goes on.
    for (const trouble of now.filter((each) => !knownKeys.has(keyOf(each)))) {
      await tx.insert(clusterTroubleEntity, trouble);
      await this.tell(tx, cluster, trouble, null);
    }
    for (const trouble of known.filter((each) => !nowKeys.has(keyOf(each)))) {
      const { clusterId, kind, type, subject } = trouble;
      await tx.delete(clusterTroubleEntity, { clusterId, kind, type, subject });
      await this.tell(tx, cluster, trouble, this.clock.now());
    }
  }

  private async tell(
    tx: EntityManager,
    { id, name }: Pick<StoredCluster, 'id' | 'name'>,
    trouble: StoredTrouble,
    endedAt: Date | null,
  ): Promise<void> {
    await this.outbox.add(tx, clusterTroubleChanged, {
      cluster_id: id,
      name,
      ...troubleView(trouble),
      ended_at: endedAt?.toISOString() ?? null,
    });
  }
}

/** A trouble as others see it. */
export const troubleView = ({ kind, type, subject, reason, since }: StoredTrouble): ClusterTrouble => ({
  kind,
  type,
  subject,
  reason,
  since: since.toISOString(),
});

/** Whether two lists are about the same troubles, whatever their order. */
export function isSameTroubles(a: readonly StoredTrouble[], b: readonly StoredTrouble[]): boolean {
  const text = (troubles: readonly StoredTrouble[]): string => troubles.map(keyOf).sort().join();
  return text(a) === text(b);
}

const keyOf = ({ kind, type, subject }: StoredTrouble): string => JSON.stringify([kind, type, subject]);
