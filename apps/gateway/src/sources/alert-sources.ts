import type { FieldMapping } from '@alertagent/alerting';
import { ServiceError, type Actor } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan, type EntityManager } from 'typeorm';
import { pageSize, readCursor, toPage } from '../alerts/page-cursor';
import { iso } from '../alerts/wire-time';
import { ClusterNames } from '../incidents/cluster-names';
import type { AlertSourceInput, AlertSourcePage, AlertSourceView, ListAlertSources } from './alert-source.dto';
import { AlertSource, AlertSourceVersion } from './alert-source.entity';
import { mappingProblems } from './source-preview';

/** The systems that send alerts in a form of their own: who they are, and how their messages are read. */
@Injectable()
export class AlertSources {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Newest first. Errors: ServiceError `invalid` for a cursor that is none. */
  async list(query: ListAlertSources): Promise<AlertSourcePage> {
    const size = pageSize(query);
    const below = readCursor(query.cursor);
    const rows = await this.dataSource.manager.find(AlertSource, {
      where: {
        deleted_at: IsNull(),
        ...(below === null ? {} : { id: LessThan(below) }),
        ...(query.cluster_id === undefined ? {} : { cluster_id: query.cluster_id }),
      },
      order: { id: 'DESC' },
      take: size + 1,
    });
    const names = await this.clusters.of(rows.map(({ cluster_id }) => cluster_id));
    return toPage(rows, size, (row) => viewOf(row, names));
  }

  /** Errors: ServiceError `not_found`. */
  async get(id: string): Promise<AlertSourceView> {
    return this.view(await this.find(id));
  }

  /** Errors: ServiceError `invalid` for a cluster that is not known, or a mapping that cannot be used. */
  async create(input: AlertSourceInput, actor: Actor): Promise<AlertSourceView> {
    refuseBadMapping(input);
    const now = this.clock.now().getTime();
    const row: AlertSource = {
      id: newId(),
      name: input.name,
      cluster_id: await this.clusterIdOf(input.cluster),
      format: input.format,
      mapping: (input.mapping ?? null) as FieldMapping | null,
      version: 1,
      created_at: now,
      updated_at: now,
      deleted_at: null,
    };
    const view = await this.view(row);
    await inTransaction(this.dataSource, async (tx) => {
      await tx.insert(AlertSource, row);
      await this.keepVersion(tx, row);
      await this.audit.record(tx, {
        actor,
        action: 'alert_source.created',
        resource_type: 'alert_source',
        resource_id: row.id,
        after: view,
      });
    });
    return view;
  }

  /**
   * Webhooks stored before keep the mapping of their time. Errors: ServiceError `not_found`; `invalid` as for create, and for another
   * cluster; `conflict` when `expected` (null: whatever it is) is not the version any more.
   */
  async change(id: string, input: AlertSourceInput, expected: number | null, actor: Actor): Promise<AlertSourceView> {
    refuseBadMapping(input);
    const before = await this.find(id);
    if ((await this.clusterIdOf(input.cluster)) !== before.cluster_id) {
      throw invalid('/cluster', 'fixed', 'a source stays with its cluster; create another one there');
    }
    const after: AlertSource = {
      ...before,
      name: input.name,
      format: input.format,
      mapping: (input.mapping ?? null) as FieldMapping | null,
      version: before.version + 1,
      updated_at: this.clock.now().getTime(),
    };
    if (expected !== null && expected !== before.version) throw versionMismatch();
    const [viewBefore, view] = [await this.view(before), await this.view(after)];
    await inTransaction(this.dataSource, async (tx) => {
      const { name, format, mapping, version, updated_at } = after;
      const changed = await tx.update(
        AlertSource,
        { id, version: before.version, deleted_at: IsNull() },
        { name, format, mapping, version, updated_at },
      );
      if (!changed.affected) throw versionMismatch();
      await this.keepVersion(tx, after);
      await this.audit.record(tx, {
        actor,
        action: 'alert_source.changed',
        resource_type: 'alert_source',
        resource_id: id,
        before: viewBefore,
        after: view,
      });
    });
    return view;
  }

  /** Its address answers 404 from then on; what was stored is still processed. Errors: ServiceError `not_found`. */
  async delete(id: string, actor: Actor): Promise<void> {
    const row = await this.find(id);
    const before = await this.view(row);
    await inTransaction(this.dataSource, async (tx) => {
      const deleted = await tx.update(
        AlertSource,
        { id, deleted_at: IsNull() },
        { deleted_at: this.clock.now().getTime() },
      );
      if (!deleted.affected) throw notFound();
      await this.audit.record(tx, {
        actor,
        action: 'alert_source.deleted',
        resource_type: 'alert_source',
        resource_id: id,
        before,
      });
    });
  }

  private async keepVersion(tx: EntityManager, { id, version, format, mapping }: AlertSource): Promise<void> {
    await tx.insert(AlertSourceVersion, { source_id: id, version, format, mapping });
  }

  private async find(id: string): Promise<AlertSource> {
    const row = await this.dataSource.manager.findOneBy(AlertSource, { id, deleted_at: IsNull() });
    if (!row) throw notFound();
    return row;
  }

  private async clusterIdOf(idOrName: string): Promise<string> {
    const id = await this.clusters.registered(idOrName);
    if (id === null) throw invalid('/cluster', 'unknown_cluster', 'no cluster of this id or name is registered');
    return id;
  }

  private async view(row: AlertSource): Promise<AlertSourceView> {
    return viewOf(row, await this.clusters.of([row.cluster_id]));
  }
}

function refuseBadMapping({ format, mapping }: AlertSourceInput): void {
  const problems = mappingProblems(format, mapping);
  if (problems.length === 0) return;
  throw new ServiceError('invalid', 'the mapping cannot be used; POST it with a sample to alerts/sources/preview', {
    errors: problems.map(({ pointer, ...problem }) => ({ pointer: `/mapping${pointer}`, ...problem })),
  });
}

const notFound = (): ServiceError => new ServiceError('not_found', 'there is no such alert source');
const invalid = (pointer: string, code: string, detail: string): ServiceError =>
  new ServiceError('invalid', detail, { errors: [{ pointer, code, detail }] });

function versionMismatch(): ServiceError {
  const detail = 'somebody else changed this source meanwhile; GET it again and repeat the change';
  return new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
}

function viewOf(row: AlertSource, clusterNames: ReadonlyMap<string, string>): AlertSourceView {
  const { id, name, cluster_id, format, mapping, version } = row;
  return {
    id,
    name,
    cluster_id,
    cluster_name: clusterNames.get(cluster_id) ?? cluster_id,
    format,
    mapping,
    version,
    path: `/api/v1/alerts/sources/${id}`,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}
