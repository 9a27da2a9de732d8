import type { RolloutClusterState, RolloutKind, RolloutState } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, LessThan, MoreThan, Not, type EntityManager, type FindOptionsSelect } from 'typeorm';
import type { AcceptedFile } from '../rendering/revision-writer';
import { ContentSeal } from '../revisions/content-seal';
import { RolloutCluster } from './rollout-cluster.entity';
import { Rollout } from './rollout.entity';

/** Everything but the staged file. */
export type RolloutClusterRow = Omit<RolloutCluster, 'content' | 'manifest' | 'confirmedFrom'>;

const WITHOUT_FILE: FindOptionsSelect<RolloutCluster> = {
  rolloutId: true,
  clusterId: true,
  clusterName: true,
  selectedWave: true,
  wave: true,
  state: true,
  reason: true,
  hash: true,
  emptyConfirmed: true,
  fromRevision: true,
  revision: true,
  returnedTo: true,
  sentAt: true,
  liveAt: true,
  firingBefore: true,
};

/** Most rows inserted by one statement. */
const ROWS_AT_ONCE = 100;

/** The rollout was changed by somebody else since it was read; whoever wanted a step must judge it again. */
export class StaleRollout extends Error {
  constructor() {
    super('the rollout was changed meanwhile');
    this.name = 'StaleRollout';
  }
}

const sealedFor = (rolloutId: string, clusterId: string): string => `${rolloutId}/${clusterId}`;

/** Rollouts and their clusters. */
@Injectable()
export class RolloutsStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: ContentSeal,
  ) {}

  find(id: string, manager: EntityManager = this.dataSource.manager): Promise<Rollout | null> {
    return manager.findOneBy(Rollout, { id });
  }

  /** Those that still need looks, oldest first. */
  unsettled(): Promise<Rollout[]> {
    return this.dataSource.manager.find(Rollout, {
      where: { settledAt: IsNull(), state: Not('open') },
      order: { id: 'ASC' },
    });
  }

  /** The states of those that are not settled, opened ones included. */
  async statesUnderWay(): Promise<RolloutState[]> {
    const rows = await this.dataSource.manager.find(Rollout, {
      select: { id: true, state: true },
      where: { settledAt: IsNull() },
    });
    return rows.map(({ state }) => state);
  }

  /** A page, newest first. */
  list(query: {
    state?: RolloutState | null;
    kind?: RolloutKind | null;
    before?: string | null;
    limit: number;
  }): Promise<Rollout[]> {
    return this.dataSource.manager.find(Rollout, {
      where: {
        ...(query.state ? { state: query.state } : {}),
        ...(query.kind ? { kind: query.kind } : {}),
        ...(query.before ? { id: LessThan(query.before) } : {}),
      },
      order: { id: 'DESC' },
      take: query.limit,
    });
  }

  /** All clusters of a rollout, without their files. */
  clusters(rolloutId: string, manager: EntityManager = this.dataSource.manager): Promise<RolloutClusterRow[]> {
    return manager.find(RolloutCluster, {
      select: WITHOUT_FILE,
      where: { rolloutId },
      order: { wave: 'ASC', clusterId: 'ASC' },
    });
  }

  /** A page of them, by cluster id. */
  clusterPage(rolloutId: string, after: string | null, limit: number): Promise<RolloutClusterRow[]> {
    return this.dataSource.manager.find(RolloutCluster, {
      select: WITHOUT_FILE,
      where: { rolloutId, ...(after ? { clusterId: MoreThan(after) } : {}) },
      order: { clusterId: 'ASC' },
      take: limit,
    });
  }

  /** Keeps the file that a cluster is to get; Alertmanager's sealed, because secrets stand in it. Errors: StaleRollout. */
  async stage(
    tx: EntityManager,
    { id, type }: Rollout,
    clusterId: string,
    file: AcceptedFile & { fromRevision: number | null },
  ): Promise<void> {
    const content = this.seal.seal(type, sealedFor(id, clusterId), file.content);
    await this.move(tx, id, [clusterId], ['planned'], { ...file, content, state: 'staged' });
  }

  /** One cluster with its staged file. */
  async staged(rolloutId: string, clusterId: string): Promise<RolloutCluster | null> {
    const row = await this.dataSource.manager.findOneBy(RolloutCluster, { rolloutId, clusterId });
    if (!row?.content) return row;
    return { ...row, content: this.seal.unseal(sealedFor(rolloutId, clusterId), row.content) };
  }

  async add(tx: EntityManager, rollout: Rollout, clusters: readonly RolloutCluster[]): Promise<void> {
    await tx.insert(Rollout, rollout);
    for (let start = 0; start < clusters.length; start += ROWS_AT_ONCE)
      await tx.insert(RolloutCluster, clusters.slice(start, start + ROWS_AT_ONCE));
  }

  /** Takes a step from the version that was judged. Answers the rollout after it. Errors: StaleRollout. */
  async step(tx: EntityManager, rollout: Rollout, changes: Partial<Rollout>): Promise<Rollout> {
    const { id, version } = rollout;
    const after = { ...changes, version: version + 1 };
    const { affected } = await tx.update(Rollout, { id, version }, after);
    if (!affected) throw new StaleRollout();
    return { ...rollout, ...after };
  }

  /** Errors: StaleRollout when one of the clusters is in none of these states any more. */
  async move(
    tx: EntityManager,
    rolloutId: string,
    clusterIds: readonly string[],
    from: readonly RolloutClusterState[],
    changes: Partial<RolloutCluster>,
  ): Promise<void> {
    if (clusterIds.length === 0) return;
    const where = { rolloutId, clusterId: In(clusterIds), state: In(from) };
    const { affected } = await tx.update(RolloutCluster, where, changes);
    if (affected !== clusterIds.length) throw new StaleRollout();
  }

  /** Moves all clusters in one of these states, however many there are. */
  async moveAll(
    tx: EntityManager,
    rolloutId: string,
    from: readonly RolloutClusterState[],
    changes: Partial<RolloutCluster>,
  ): Promise<void> {
    await tx.update(RolloutCluster, { rolloutId, state: In(from) }, changes);
  }

  async delete(tx: EntityManager, id: string): Promise<void> {
    await tx.delete(RolloutCluster, { rolloutId: id });
    await tx.delete(Rollout, { id });
  }
}
