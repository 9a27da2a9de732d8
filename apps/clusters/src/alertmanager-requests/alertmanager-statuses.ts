import type { AlertmanagerMember, AlertmanagerStatus, AlertmanagerStatusPage, PageQuery } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { assertCursor } from '../clusters/cursor';
import type { MemberStatus } from './alertmanager-answers';
import { AlertmanagerApi } from './alertmanager-api';
import { Deadline } from './deadline';
import { Failover, type AllAnswers } from './failover';
import type { ClusterMembers, Member } from './member';
import { MemberBreakers } from './member-breakers';
import { MemberDirectory } from './member-directory';
import { meshesOf } from './meshes';
import { MEMBER_MS, READ_MS } from './times';

const DEFAULT_LIMIT = 50;

/** Tells of each Alertmanager whether it answers, what it is and with whom it gossips. */
@Injectable()
export class AlertmanagerStatuses {
  constructor(
    private readonly directory: MemberDirectory,
    private readonly failover: Failover,
    private readonly api: AlertmanagerApi,
    private readonly breakers: MemberBreakers,
  ) {}

  /** Errors: `not_found`; `conflict` when it has no address. That no member answers is an answer. */
  async get(idOrName: string): Promise<AlertmanagerStatus> {
    const cluster = await this.directory.of(idOrName);
    return this.view(cluster, await this.ask(cluster.members));
  }

  /** In the order of registration. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit }: PageQuery): Promise<AlertmanagerStatusPage> {
    assertCursor(cursor);
    const size = limit ?? DEFAULT_LIMIT;
    const all = await this.directory.all();
    const following = all.filter(({ id }) => !cursor || id > cursor);
    const page = following.slice(0, size);
    const answers = await this.ask(page.flatMap(({ members }) => members));
    return {
      items: page.map((cluster) => this.view(cluster, answers)),
      next_cursor: following.length > size ? (page.at(-1)?.id ?? null) : null,
    };
  }

  private ask(members: readonly Member[]): Promise<AllAnswers<MemberStatus>> {
    return this.failover.all(members, (member, ms) => this.api.status(member, ms), new Deadline(READ_MS), MEMBER_MS);
  }

  private view(
    { id, name, members }: ClusterMembers,
    { answers, failed }: AllAnswers<MemberStatus>,
  ): AlertmanagerStatus {
    const own = answers
      .filter(({ member }) => member.clusterId === id)
      .map(({ member, value }) => ({ member, status: value }));
    const meshes = meshesOf(own);
    const views = members.map((member): AlertmanagerMember => {
      const status = own.find((answer) => answer.member.address === member.address)?.status;
      const mesh = meshes.findIndex((group) => group.some((one) => one.member.address === member.address));
      const silent = failed.find((one) => one.member.clusterId === id && one.member.address === member.address);
      return {
        address: member.address,
        member: member.name,
        health: member.health,
        breaker: this.breakers.stateOf(member),
        answered: status !== undefined,
        reason: silent?.failure.message ?? null,
        version: status?.version ?? null,
        started_at: status?.startedAt ?? null,
        mesh_status: status?.meshStatus ?? null,
        peers: status?.peers ?? [],
        mesh: mesh < 0 ? null : mesh + 1,
      };
    });
    return { cluster_id: id, cluster: name, meshes: meshes.length, members: views };
  }
}
