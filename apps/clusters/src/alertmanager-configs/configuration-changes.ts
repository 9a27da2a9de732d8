import { ServiceError, alertmanagerConfigChanged, type Actor, type FieldProblem } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import { ClustersStore } from '../clusters/clusters.store';
import type { StoredCluster } from '../clusters/stored-cluster';
import type { ConfigurationWorld } from './configuration-world';
import { ConfigurationWorlds } from './configuration-worlds';
import type { StoredLayer } from './layer.entity';
import { lockConfiguration } from './configuration-lock';

/** What a use case decided and wrote. */
export interface DecidedChange<T> {
  result: T;
  /** Whether a layer, as it was or as it is, makes its clusters' configurations change. */
  touches: (layer: StoredLayer) => boolean;
  /** Null when nothing was changed. */
  audit: { action: string; resource_type: string; resource_id: string; before?: object; after?: object } | null;
}

/** A hundred clusters with large configurations, all different, take seconds to judge. */
const DEADLINE_MS = 25_000;
/** How many problems a refusal tells. */
const TOLD = 20;

/** Commits changes of layers and secrets: what was changed, the news to each cluster it concerns, and the audit record, or nothing. */
@Injectable()
export class ConfigurationChanges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly worlds: ConfigurationWorlds,
    private readonly clusters: ClustersStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * `decide` writes the change and is run again when the database gave the transaction up. A change that would make the configuration of
   * a cluster invalid which was valid before is refused: `refusal` makes the error of the problems. Errors: those of `decide`.
   */
  async commit<T>(
    actor: Actor,
    decide: (tx: EntityManager) => Promise<DecidedChange<T>>,
    refusal: (problems: FieldProblem[]) => ServiceError,
  ): Promise<T> {
    const work = async (tx: EntityManager): Promise<T> => {
      await lockConfiguration(tx);
      const clusters = await this.clusters.list(tx, {});
      const before = await this.worlds.read(tx, clusters);
      const { result, touches, audit } = await decide(tx);
      if (!audit) return result;
      const after = await this.worlds.read(tx, clusters);
      const touched = clusters.filter((cluster) =>
        [before, after].some((world) => world.layersOf(cluster).some(touches)),
      );
      const problems: FieldProblem[] = [];
      for (const cluster of touched) {
        problems.push(...newProblems(cluster, before, after));
        // A hundred clusters take a while; others are answered in between.
        await nextTurn();
      }
      if (problems.length > 0) throw refusal(problems.slice(0, TOLD));
      await this.tell(tx, touched);
      await this.audit.record(tx, { actor, ...audit });
      return result;
    };
    return inTransaction(this.dataSource, work, { deadlineMs: DEADLINE_MS });
  }

  private async tell(tx: EntityManager, clusters: readonly StoredCluster[]): Promise<void> {
    const changed_at = this.clock.now().toISOString();
    for (const { id } of clusters) await this.outbox.add(tx, alertmanagerConfigChanged, { cluster_id: id, changed_at });
  }
}

/** What keeps a cluster's configuration from loading now, and did not before. */
function newProblems(cluster: StoredCluster, before: ConfigurationWorld, after: ConfigurationWorld): FieldProblem[] {
  const effective = after.effective(cluster);
  if (effective.valid || !before.effective(cluster).valid) return [];
  return effective.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ check, pointer, message, versions }) => ({
      pointer: '/document',
      code: check,
      detail: `${cluster.name} (Alertmanager ${versions.join(', ')}) could not load it: ${`${pointer} ${message}`.trim()}`,
    }));
}
