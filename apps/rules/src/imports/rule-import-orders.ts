import {
  getCluster,
  ServiceError,
  type CancelRuleImport,
  type OpenRuleImport,
  type RuleImportPart,
  type RuleImportSource,
  type RuleImportView,
  type StartRuleImport,
} from '@alertagent/contracts';
import { Bus, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { RuleTargets } from '../rules/rule-targets';
import { importView, noCounts } from './rule-import-view';
import type { StoredRuleImport } from './rule-import.entity';
import { RuleImportsStore } from './rule-imports.store';

/** Opens imports, takes in their parts, starts and cancels them. */
@Injectable()
export class RuleImportOrders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleImportsStore,
    private readonly targets: RuleTargets,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid` when a target or the source is unknown; `conflict` when the cluster's Prometheus can not be asked. */
  async open({ options, format, source, actor }: OpenRuleImport): Promise<RuleImportView> {
    if (options.targets) await this.targets.resolve({ targets: options.targets, overrides: [] });
    const stored: StoredRuleImport = {
      id: newId(),
      state: 'receiving',
      format,
      options,
      sourceUrl: format === 'live' ? await this.urlOf(source ?? {}) : null,
      parts: 0,
      total: null,
      done: 0,
      counts: noCounts(),
      error: null,
      actor,
      createdAt: this.clock.now(),
      endedAt: null,
      attempts: 0,
      leaseToken: null,
      leaseUntil: null,
    };
    await inTransaction(this.dataSource, (tx) => this.store.insert(tx, stored));
    return importView(stored);
  }

  /** The same part again replaces it. Errors: `not_found`; `conflict` when the import was started. */
  async addPart({ id, index, data }: RuleImportPart): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      await this.receiving(tx, id);
      await this.store.savePart(tx, { importId: id, index, data });
    });
  }

  /** Errors: `not_found`; `conflict` when it was started before, or parts are missing. */
  async start({ id, parts }: StartRuleImport): Promise<RuleImportView> {
    return inTransaction(this.dataSource, async (tx) => {
      const stored = await this.receiving(tx, id);
      if ((await this.store.countParts(tx, id)) !== parts) {
        throw new ServiceError('conflict', 'not all parts of the import have arrived');
      }
      const changes = { state: 'waiting' as const, parts };
      if (!(await this.store.claim(tx, stored, changes))) throw startedBefore();
      return importView({ ...stored, ...changes });
    });
  }

  /** An import that has ended stays as it is. Errors: `not_found`. */
  async cancel({ id }: CancelRuleImport): Promise<RuleImportView> {
    return inTransaction(this.dataSource, async (tx) => {
      const stored = await this.store.find(tx, id);
      if (!stored) throw noSuchImport();
      if (stored.endedAt) return importView(stored);
      const changes = { state: 'cancelled' as const, endedAt: this.clock.now(), leaseToken: null, leaseUntil: null };
      if (!(await this.store.claim(tx, stored, changes))) {
        throw new ServiceError('conflict', 'the import went on meanwhile; repeat the request');
      }
      await this.store.deleteParts(tx, id);
      return importView({ ...stored, ...changes });
    });
  }

  private async receiving(tx: EntityManager, id: string): Promise<StoredRuleImport> {
    const stored = await this.store.find(tx, id);
    if (!stored) throw noSuchImport();
    if (stored.state !== 'receiving') throw startedBefore();
    return stored;
  }

  private async urlOf({ cluster, url }: RuleImportSource): Promise<string> {
    if (cluster && url) throw badSource('/source', 'ambiguous', 'give cluster or url, not both');
    if (url) return url.replace(/\/+$/, '');
    if (!cluster) throw badSource('/source', 'required', 'give the id or name of a cluster, or a url');
    const { query_url } = await this.bus.request(getCluster, { id: cluster }).catch((error: unknown): never => {
      if (!(error instanceof ServiceError && error.code === 'not_found')) throw error;
      throw badSource('/source/cluster', 'unknown_cluster', 'no cluster has this id or name');
    });
    if (query_url) return query_url;
    throw new ServiceError('conflict', "it is not known where the cluster's Prometheus is; set its query_url");
  }
}

export const noSuchImport = (): ServiceError => new ServiceError('not_found', 'there is no such import');

const startedBefore = (): ServiceError => new ServiceError('conflict', 'the import was started before');

const badSource = (pointer: string, code: string, detail: string): ServiceError =>
  new ServiceError('invalid', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] });
