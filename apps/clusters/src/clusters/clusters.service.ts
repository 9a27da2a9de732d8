import {
  ServiceError,
  type Actor,
  type ClusterInput,
  type ClusterView,
  type RegisterCluster,
  type RegisteredCluster,
  type UpdateCluster,
} from '@alertagent/contracts';
import { Clock, inTransaction, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { HealthRecord } from '../health/health-record';
import { TokenIssuer } from '../tokens/token-issuer';
import { clusterContent, isSameContent } from './cluster-content';
import { ClusterRecord } from './cluster-record';
import { clusterView } from './cluster-view';
import type { StoredCluster } from './stored-cluster';
import { ClustersStore } from './clusters.store';

/** Registers and changes clusters. Each is one transaction with its tokens, events and audit record. */
@Injectable()
export class ClustersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ClustersStore,
    private readonly tokens: TokenIssuer,
    private readonly health: HealthRecord,
    private readonly record: ClusterRecord,
    private readonly clock: Clock,
  ) {}

  /** Answers the two first tokens, which nobody can read again. Errors: `invalid`; `conflict` when the name is taken. */
  async register({ cluster: input, actor }: RegisterCluster): Promise<RegisteredCluster> {
    const cluster = this.newCluster(input);
    return inTransaction(this.dataSource, async (tx) => {
      await this.insert(tx, cluster);
      const issue = (purpose: 'webhook' | 'sync') =>
        this.tokens.issue(tx, cluster, { purpose, name: `first ${purpose} token` });
      const tokens = { webhook: (await issue('webhook')).token, sync: (await issue('sync')).token };
      await this.record.registered(tx, cluster, actor);
      return { ...clusterView(cluster), tokens };
    });
  }

  /** Registers a cluster unless its name is taken, without tokens: nobody is there to be shown them. */
  async registerIfMissing(input: ClusterInput, actor: Actor): Promise<'registered' | 'known'> {
    if (await this.store.find(this.dataSource.manager, input.name)) return 'known';
    const cluster = this.newCluster(input);
    try {
      await inTransaction(this.dataSource, async (tx) => {
        await this.insert(tx, cluster);
        await this.record.registered(tx, cluster, actor);
      });
      return 'registered';
    } catch (error) {
      // Another replica of this service starts at the same time.
      if (error instanceof ServiceError && error.code === 'conflict') return 'known';
      throw error;
    }
  }

  /**
   * Replaces name, addresses, settings and labels. The same content again makes no new version. Errors: `not_found`,
   * `invalid`, and `conflict` when the name is taken, the cluster is not at `expected_version`, or is being retired.
   */
  async update({ id, cluster: input, expected_version, actor }: UpdateCluster): Promise<ClusterView> {
    return inTransaction(this.dataSource, async (tx) => {
      const before = await this.expect(tx, id);
      const content = clusterContent(input, before);
      if (expected_version !== null && expected_version !== undefined && before.version !== expected_version) {
        throw new ServiceError('conflict', `the cluster is at version ${before.version}, not ${expected_version}`);
      }
      if (before.retiringAt) throw new ServiceError('conflict', 'the cluster is being retired');
      if (isSameContent(before, content)) return clusterView(before);
      const after = {
        ...before,
        ...content,
        activeName: content.name,
        version: before.version + 1,
        updatedAt: this.clock.now(),
      };
      await this.replace(tx, after);
      await this.health.clusterChanged(tx, before, after);
      await this.record.changed(tx, { before, after, actor });
      return clusterView(after);
    });
  }

  private newCluster(input: ClusterInput): StoredCluster {
    const content = clusterContent(input);
    const now = this.clock.now();
    return {
      ...content,
      id: newId(),
      activeName: content.name,
      version: 1,
      createdAt: now,
      updatedAt: now,
      retiringAt: null,
      retiredRules: null,
      unproven: null,
      retiredAt: null,
    };
  }

  private async insert(tx: EntityManager, cluster: StoredCluster): Promise<void> {
    await this.store.insert(tx, cluster).catch(refuseTakenName);
    await this.health.begin(tx, cluster.id, cluster.createdAt);
  }

  private async replace(tx: EntityManager, after: StoredCluster): Promise<void> {
    const isWritten = await this.store.replace(tx, after).catch(refuseTakenName);
    if (!isWritten) throw new ServiceError('conflict', 'the cluster was changed by somebody else meanwhile');
  }

  private async expect(tx: EntityManager, idOrName: string): Promise<StoredCluster> {
    const found = await this.store.lock(tx, idOrName);
    if (!found) throw new ServiceError('not_found', 'there is no such cluster');
    return found;
  }
}

function refuseTakenName(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  throw new ServiceError('conflict', 'another cluster has this name', {
    errors: [{ pointer: '/name', code: 'not_unique', detail: 'another cluster has this name' }],
    cause: error,
  });
}
