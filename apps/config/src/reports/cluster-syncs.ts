import { CONFIG_TYPES, type ClusterSync, type ConfigType, type MemberSync } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { KeyMarks } from '../signing/key-marks';
import { SigningKeysStore } from '../signing/signing-keys.store';
import { RevisionsStore } from '../revisions/revisions.store';
import { MembersStore, type KnownMember } from './members.store';

/** How far each member of a cluster is with what the cluster is served. */
@Injectable()
export class ClusterSyncs {
  constructor(
    private readonly members: MembersStore,
    private readonly revisions: RevisionsStore,
    private readonly keys: SigningKeysStore,
  ) {}

  async of(clusterId: string): Promise<ClusterSync> {
    const served = new Map(
      (await this.revisions.headNumbers([clusterId])).map(({ type, revision }) => [type, revision]),
    );
    const marks = new KeyMarks(await this.keys.list());
    const members: MemberSync[] = [];
    for (const type of CONFIG_TYPES) {
      const known = await this.members.ofCluster({ clusterId, type });
      members.push(...known.map((member) => memberSync(type, member, served.get(type) || null, marks)));
    }
    return { cluster_id: clusterId, members };
  }
}

function memberSync(type: ConfigType, member: KnownMember, served: number | null, marks: KeyMarks): MemberSync {
  const { state, revision, exact } = member;
  return {
    type,
    member: member.member,
    state,
    reason: member.reason,
    revision,
    served_revision: served,
    in_sync: state === 'live' && exact === true && revision !== null && revision === served,
    hash: member.hash,
    loaded_hash: member.loadedHash,
    drift_repaired: member.driftRepaired ?? 0,
    sidecar_version: member.sidecarVersion,
    key_trust: marks.trust(member.trustedKey),
    trusted_key: marks.told(member.trustedKey),
    revision_key: marks.told(member.revisionKey),
    last_seen: member.lastSeen.toISOString(),
  };
}
