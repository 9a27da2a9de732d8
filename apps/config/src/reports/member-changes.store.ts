import type { SyncChange, SyncHistoryPage } from '@alertagent/contracts';
import { idTime, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, LessThanOrEqual, type EntityManager, type FindOptionsWhere } from 'typeorm';
import type { ConfigKey } from '../revisions/config-key';
import { KeyMarks } from '../signing/key-marks';
import { SigningKeysStore } from '../signing/signing-keys.store';
import { MemberChange } from './member-change.entity';
import { memberHash, type MemberStanding } from './members.store';

/** How long changes are kept, in milliseconds. */
const KEEP_MS = 90 * 24 * 3_600_000;

/** The same report, delivered twice, may seem to be older by what the first delivery took longer, in milliseconds. */
const DELIVERY_MS = 1_000;

const DEFAULT_PAGE = 50;

/** How members came to where they are. Kept when the cluster is retired. */
@Injectable()
export class MemberChangesStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: SigningKeysStore,
  ) {}

  /** The last change of the member up to this time, null without one. */
  lastUntil(tx: EntityManager, key: ConfigKey, member: string, time: Date): Promise<MemberChange | null> {
    const at = LessThanOrEqual(new Date(time.getTime() + DELIVERY_MS));
    const where = { ...key, memberHash: memberHash(member), at };
    return tx.findOne(MemberChange, { where, order: { at: 'DESC', id: 'DESC' } });
  }

  /** `ageMs`: how long ago it was, so that it gets its place among the others. Older changes of the same member go when a new one comes, so that nobody has to sweep. */
  async add(tx: EntityManager, key: ConfigKey, member: string, standing: MemberStanding, ageMs = 0): Promise<void> {
    const { state, revision, hash, reason, driftRepaired, lastSeen } = standing;
    const whose = { ...key, memberHash: memberHash(member) };
    await tx.delete(MemberChange, { ...whose, at: LessThan(new Date(lastSeen.getTime() - KEEP_MS)) });
    const { trustedKey, revisionKey } = standing;
    const keys = { trustedKey, revisionKey };
    const change = { state, revision, hash, reason, driftRepaired: driftRepaired ?? 0, ...keys, at: lastSeen };
    await tx.insert(MemberChange, { id: agedId(ageMs), ...whose, member, ...change });
  }

  /** A page, newest first. */
  async list(query: {
    clusterId: string;
    type?: ConfigKey['type'] | null;
    member?: string | null;
    before?: string | null;
    limit?: number | null;
  }): Promise<SyncHistoryPage> {
    const { clusterId, type, member, before } = query;
    const limit = query.limit ?? DEFAULT_PAGE;
    const where: FindOptionsWhere<MemberChange> = {
      clusterId,
      ...(type ? { type } : {}),
      ...(member ? { memberHash: memberHash(member) } : {}),
      ...(before ? { id: LessThan(before) } : {}),
    };
    const rows = await this.dataSource.manager.find(MemberChange, { where, order: { id: 'DESC' }, take: limit + 1 });
    const items = rows.slice(0, limit);
    const marks = new KeyMarks(await this.keys.list());
    return {
      items: items.map((row) => view(row, marks)),
      next_cursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
    };
  }
}

/** An id that sorts where one made so long ago would: pages are in the order of ids. */
function agedId(ageMs: number): string {
  const id = newId();
  if (ageMs === 0) return id;
  const time = Math.max(0, idTime(id).getTime() - Math.round(ageMs))
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${id.slice(13)}`;
}

function view(change: MemberChange, marks: KeyMarks): SyncChange {
  const { id, type, member, state, revision, hash, reason, driftRepaired, at } = change;
  return {
    id,
    type,
    member,
    state,
    revision,
    hash,
    reason,
    drift_repaired: driftRepaired,
    trusted_key: marks.told(change.trustedKey),
    revision_key: marks.told(change.revisionKey),
    at: at.toISOString(),
  };
}
