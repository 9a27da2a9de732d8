import type { UnansweredMember } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { HeldSilence, MemberStatus } from './alertmanager-answers';
import { AlertmanagerApi } from './alertmanager-api';
import type { Deadline } from './deadline';
import { Failover, noneAnswered, unanswered } from './failover';
import { mergedSilences, type KnownSilence } from './known-silences';
import { inTurn, type ClusterMembers, type Member } from './member';
import { meshesOf } from './meshes';
import { MEMBER_MS } from './times';

/** Members that share their silences, and which these are. */
export interface Mesh {
  /** 1, 2, … in the order of the members. */
  number: number;
  /** Those that answered, in the order in which they are written to. */
  members: Member[];
  silences: KnownSilence[];
}

/** What a cluster's Alertmanagers said of themselves just now. */
export interface Survey {
  meshes: Mesh[];
  unanswered: UnansweredMember[];
}

/** Finds out, before a silence is written, which members answer, who gossips with whom, and what they know. */
@Injectable()
export class MeshSurvey {
  private turn = 0;

  constructor(
    private readonly failover: Failover,
    private readonly api: AlertmanagerApi,
  ) {}

  /** Errors: `unavailable` when nobody answers, `conflict` when nobody may be asked. */
  async of(cluster: ClusterMembers, deadline: Deadline): Promise<Survey> {
    const ask = async (member: Member, ms: number): Promise<{ status: MemberStatus; silences: HeldSilence[] }> => {
      const [status, silences] = await Promise.all([this.api.status(member, ms), this.api.silences(member, ms)]);
      return { status, silences };
    };
    const { answers, failed } = await this.failover.all(cluster.members, ask, deadline, MEMBER_MS);
    if (answers.length === 0) throw noneAnswered(failed);
    const turn = this.turn++;
    const meshes = meshesOf(answers.map(({ member, value }) => ({ member, ...value }))).map((mesh, index) => ({
      number: index + 1,
      members: inTurn(
        mesh.map(({ member }) => member),
        turn,
      ),
      silences: mergedSilences(mesh.map(({ member, silences }) => ({ member, value: silences }))),
    }));
    return { meshes, unanswered: unanswered(failed) };
  }
}
