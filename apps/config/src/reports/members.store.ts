import { createHash } from 'node:crypto';
import type { ConfigType } from '@alertagent/contracts';
import { newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThan, type EntityManager } from 'typeorm';
import type { ConfigKey } from '../revisions/config-key';
import { Member } from './member.entity';

/** A member unseen for this long is forgotten when a new one appears: replicas get new names when they are replaced. */
const FORGET_AFTER_MS = 7 * 24 * 3_600_000;

/** In place of a member's report hash: the history has entries that its row does not know of, so any report is news. */
export const HISTORY_WENT_ON = '';

/** What is known about a member, without what identifies it. */
export type MemberStanding = Omit<Member, 'id' | 'clusterId' | 'type' | 'member' | 'memberHash'>;

/** A member as it stands. */
export type KnownMember = MemberStanding & Pick<Member, 'clusterId' | 'member'>;

/** The members that have reported. */
@Injectable()
export class MembersStore {
  constructor(private readonly dataSource: DataSource) {}

  /** All members of a cluster. */
  ofCluster({ type, clusterId }: ConfigKey): Promise<KnownMember[]> {
    return this.ofClusters(type, [clusterId]);
  }

  /** All members of these clusters. */
  ofClusters(type: ConfigType, clusterIds: readonly string[]): Promise<KnownMember[]> {
    return this.dataSource.manager.find(Member, {
      where: { type, clusterId: In(clusterIds) },
      order: { member: 'ASC' },
    });
  }

  find(manager: EntityManager, key: ConfigKey, member: string): Promise<Member | null> {
    return manager.findOneBy(Member, { ...key, memberHash: memberHash(member) });
  }

  /** Errors: a unique violation when the member has just been added by somebody else. */
  async add(tx: EntityManager, key: ConfigKey, member: string, standing: MemberStanding): Promise<void> {
    const oldest = new Date(standing.lastSeen.getTime() - FORGET_AFTER_MS);
    await tx.delete(Member, { ...key, lastSeen: LessThan(oldest) });
    await tx.insert(Member, { id: newId(), ...key, member, memberHash: memberHash(member), ...standing });
  }

  async update(tx: EntityManager, id: string, standing: MemberStanding): Promise<void> {
    await tx.update(Member, { id }, standing);
  }

  /** Makes the next report news; what is known about the member stays. */
  async historyWentOn(tx: EntityManager, key: ConfigKey, member: string): Promise<void> {
    await tx.update(Member, { ...key, memberHash: memberHash(member) }, { reportHash: HISTORY_WENT_ON });
  }
}

/** SHA-256 of a member's name, hex. */
export const memberHash = (member: string): string => createHash('sha256').update(member, 'utf8').digest('hex');
