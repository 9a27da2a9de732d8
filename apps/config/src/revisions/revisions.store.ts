import type { ConfigType, RevisionPage, RevisionRule, RevisionView } from '@alertagent/contracts';
import { toDatabaseServiceError, withConnectionDeadline } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import {
  DataSource,
  In,
  IsNull,
  LessThan,
  LessThanOrEqual,
  MoreThanOrEqual,
  Not,
  type EntityManager,
  type FindOptionsOrder,
  type FindOptionsSelect,
  type FindOptionsWhere,
} from 'typeorm';
import { ConfigHead, EMPTY_HEAD } from './config-head.entity';
import type { ConfigKey } from './config-key';
import { ContentSeal } from './content-seal';
import type { Head } from './head';
import { HeldConfiguration } from './held-configuration';
import type { Revision } from './revision';
import { RevisionEntity } from './revision.entity';

/** How long a read for sidecars may take, in milliseconds, before the last known answer is used instead. */
const READ_DEADLINE_MS = 2_000;

/** Most clusters looked up by one statement. */
const HEADS_PER_QUERY = 500;

const DEFAULT_PAGE = 50;

/** So many revisions a sidecar may have slept through when many rules go. */
const MAX_FORMER = 24;

const VIEW_COLUMNS: FindOptionsSelect<Revision> = {
  id: true,
  clusterId: true,
  type: true,
  revision: true,
  status: true,
  reason: true,
  hash: true,
  bytes: true,
  rules: true,
  createdAt: true,
  restores: true,
};

/** What a renderer has to know about the past of a configuration. */
export interface ConfigHistory {
  /** Number of the newest revision; 0 when there is none. */
  lastRevision: number;
  /** True when the cluster is retired. */
  isRetired: boolean;
  /** The revision being served. */
  served: { revision: number; hash: string; manifest: RevisionRule[]; confirmedFrom: string[] } | null;
  /** The newest revision when it was refused. */
  refused: { hash: string; reason: string } | null;
  /** True when what is served stays, whatever is wanted. */
  isHeld: boolean;
  /** The rules that removals are counted from: the most that were served lately. */
  formerly: RevisionRule[];
  /** SHA-256 of a file that may remove many rules. */
  confirmedHash: string | null;
  /** SHA-256 of what members said they have when it was confirmed. */
  confirmedFrom: string[];
}

/** A file that was served before. */
export interface FormerFile {
  hash: string;
  manifest: RevisionRule[];
}

const NO_HISTORY: ConfigHistory = {
  lastRevision: 0,
  isRetired: false,
  served: null,
  refused: null,
  isHeld: false,
  formerly: [],
  confirmedHash: null,
  confirmedFrom: [],
};

/** Which revision of which configuration is being served; `revision` is 0 when nothing is (any more). */
export interface HeadNumber extends ConfigKey {
  revision: number;
}

/** Revisions and which of them are served. */
@Injectable()
export class RevisionsStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: ContentSeal,
  ) {}

  /** What has become of this configuration so far; removals are counted from what was served since `since`. */
  async history(key: ConfigKey, since: Date): Promise<ConfigHistory> {
    const head = await this.dataSource.manager.findOneBy(ConfigHead, key);
    if (!head) return NO_HISTORY;
    const numbers = [...new Set([head.revision, head.lastRevision])];
    const rows = await this.dataSource.manager.find(RevisionEntity, {
      select: { revision: true, status: true, hash: true, reason: true, manifest: true, confirmedFrom: true },
      where: { ...key, revision: In(numbers) },
    });
    const served = rows.find((row) => row.revision === head.revision);
    const newest = rows.find((row) => row.revision === head.lastRevision);
    return {
      lastRevision: head.lastRevision,
      isRetired: head.retiredAt !== null,
      served: served
        ? {
            revision: served.revision,
            hash: served.hash,
            manifest: served.manifest,
            confirmedFrom: served.confirmedFrom ?? [],
          }
        : null,
      refused: newest?.status === 'refused' ? { hash: newest.hash, reason: newest.reason ?? '' } : null,
      isHeld: head.heldAt !== null,
      formerly: await this.formerly(key, since, head.confirmedHash),
      confirmedHash: head.confirmedHash,
      confirmedFrom: head.confirmedFrom ?? [],
    };
  }

  /** What was served lately, the newest first, each content once. */
  async former(key: ConfigKey): Promise<FormerFile[]> {
    const rows = await this.dataSource.manager.find(RevisionEntity, {
      select: { id: true, hash: true, manifest: true },
      where: { ...key, status: 'published' },
      order: { revision: 'DESC' },
      take: MAX_FORMER,
    });
    return rows.filter((row, index) => rows.findIndex(({ hash }) => hash === row.hash) === index);
  }

  /** The largest of the files served since then, or since the one that somebody confirmed. */
  private async formerly(key: ConfigKey, since: Date, confirmedHash: string | null): Promise<RevisionRule[]> {
    const find = (
      where: FindOptionsWhere<RevisionEntity>,
      order: FindOptionsOrder<RevisionEntity>,
    ): Promise<Pick<RevisionEntity, 'revision' | 'manifest'> | null> =>
      this.dataSource.manager.findOne(RevisionEntity, {
        select: { id: true, revision: true, manifest: true },
        where: { ...key, status: 'published', ...where },
        order,
      });
    const first = await find({ createdAt: LessThanOrEqual(since) }, { revision: 'DESC' });
    const confirmed = confirmedHash === null ? null : await find({ hash: confirmedHash }, { revision: 'DESC' });
    const from = Math.max(first?.revision ?? 0, confirmed?.revision ?? 0);
    return (await find({ revision: MoreThanOrEqual(from) }, { rules: 'DESC' }))?.manifest ?? [];
  }

  /**
   * Keeps a revision and, when it is published, makes it the served one. `holder` is the rollout that may publish although
   * it holds the configuration. Errors: a unique violation when another renderer has taken its number meanwhile, whoever
   * rendered it must then look at the world again; HeldConfiguration when somebody else holds it.
   */
  async add(tx: EntityManager, revision: Revision, holder: string | null): Promise<void> {
    await tx.insert(RevisionEntity, this.seal.sealed(revision));
    const key: ConfigKey = { clusterId: revision.clusterId, type: revision.type };
    const changes = {
      lastRevision: revision.revision,
      changedAt: revision.createdAt,
      ...(revision.status === 'published' ? { revision: revision.revision, revisionId: revision.id } : {}),
    };
    // One conditional update: a hold taken at the same moment waits for this row, or this waits for the hold.
    const permitted = holder === null ? { heldAt: IsNull() } : { rolloutId: holder };
    const { affected } = await tx.update(ConfigHead, { ...key, ...permitted }, changes);
    if (affected) return;
    if (revision.revision > 1 || holder !== null) throw new HeldConfiguration(key);
    await tx.insert(ConfigHead, { ...EMPTY_HEAD, ...key, ...changes });
  }

  /** One published revision with its content; null when there is none of that number. */
  async published(key: ConfigKey, revision: number): Promise<Revision | null> {
    const row = await this.dataSource.manager.findOneBy(RevisionEntity, { ...key, revision, status: 'published' });
    return row && this.seal.open(row);
  }

  /** One refused revision; null when there is none of that number. */
  refused(tx: EntityManager, key: ConfigKey, revision: number): Promise<Revision | null> {
    return tx.findOneBy(RevisionEntity, { ...key, revision, status: 'refused' });
  }

  /** The revision of this number if it is the served one; null otherwise. */
  async servedNumber(tx: EntityManager, key: ConfigKey, revision: number): Promise<Revision | null> {
    const head = await tx.findOneBy(ConfigHead, { ...key, revision });
    return head?.revisionId ? tx.findOneBy(RevisionEntity, { id: head.revisionId }) : null;
  }

  /** The numbers of published revisions before `revision` with another content, newest first. */
  async othersBefore(key: ConfigKey, revision: number, hash: string, limit: number): Promise<number[]> {
    const rows = await this.dataSource.manager.find(RevisionEntity, {
      select: { id: true, revision: true },
      where: { ...key, status: 'published', revision: LessThan(revision), hash: Not(hash) },
      order: { revision: 'DESC' },
      take: limit,
    });
    return rows.map((row) => row.revision);
  }

  /** The head of one configuration; null when nothing was ever rendered for it or held. */
  head(key: ConfigKey): Promise<Head | null> {
    return this.dataSource.manager.findOneBy(ConfigHead, key);
  }

  /** The heads of these clusters. */
  heads(type: ConfigType, clusterIds: readonly string[]): Promise<Head[]> {
    return this.dataSource.manager.findBy(ConfigHead, { type, clusterId: In(clusterIds) });
  }

  /** Stops rendering and serving everything of a cluster. */
  async retire(tx: EntityManager, clusterId: string, at: Date): Promise<void> {
    await tx.update(ConfigHead, { clusterId }, { retiredAt: at, changedAt: at });
  }

  /** The revision to serve with its content; null when there is none or the cluster is retired. */
  async served(key: ConfigKey): Promise<Revision | null> {
    const row = await this.read(async (manager) => {
      const head = await manager.findOneBy(ConfigHead, key);
      if (!head?.revisionId || head.retiredAt) return null;
      return manager.findOneBy(RevisionEntity, { id: head.revisionId });
    });
    return row && this.seal.open(row);
  }

  /** The manifest of one published revision; null when there is no such revision. */
  async manifest(key: ConfigKey, revision: number): Promise<RevisionRule[] | null> {
    const row = await this.dataSource.manager.findOne(RevisionEntity, {
      select: { id: true, manifest: true },
      where: { ...key, revision, status: 'published' },
    });
    return row?.manifest ?? null;
  }

  /** The served numbers of everything these clusters have. */
  async headNumbers(clusterIds: readonly string[]): Promise<HeadNumber[]> {
    const found: HeadNumber[] = [];
    for (let start = 0; start < clusterIds.length; start += HEADS_PER_QUERY) {
      const chunk = clusterIds.slice(start, start + HEADS_PER_QUERY);
      const heads = await this.read((manager) => manager.findBy(ConfigHead, { clusterId: In(chunk) }));
      for (const { clusterId, type, revision, retiredAt } of heads) {
        found.push({ clusterId, type, revision: retiredAt ? 0 : revision });
      }
    }
    return found;
  }

  /** A page of a cluster's revisions, newest first, without contents. */
  async list(query: {
    clusterId: string;
    type?: ConfigType | null;
    before?: string | null;
    limit?: number | null;
  }): Promise<RevisionPage> {
    const limit = query.limit ?? DEFAULT_PAGE;
    const rows = await this.dataSource.manager.find(RevisionEntity, {
      select: VIEW_COLUMNS,
      where: {
        clusterId: query.clusterId,
        ...(query.type ? { type: query.type } : {}),
        ...(query.before ? { id: LessThan(query.before) } : {}),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit);
    return { items: items.map(view), next_cursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** A read with a deadline: a database that hangs must not hang the sidecars with it. */
  private async read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await withConnectionDeadline(runner, READ_DEADLINE_MS, () => work(runner.manager));
    } catch (error) {
      throw toDatabaseServiceError(error);
    }
  }
}

function view(row: Revision): RevisionView {
  return {
    cluster_id: row.clusterId,
    type: row.type,
    revision: row.revision,
    status: row.status,
    reason: row.reason,
    hash: row.hash,
    bytes: row.bytes,
    rules: row.rules,
    created_at: row.createdAt.toISOString(),
    restores: row.restores,
  };
}
