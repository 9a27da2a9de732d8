import { ServiceError } from '@alertagent/contracts';
import { LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { HeldSilence } from './alertmanager-answers';
import { AlertmanagerApi } from './alertmanager-api';
import type { Deadline } from './deadline';
import { mergedSilences, type KnownSilence } from './known-silences';
import type { Member } from './member';
import { MemberFailure } from './member-failure';
import type { Mesh } from './mesh-survey';

/** The longest that one member may take for a write, and for telling whether it was done, in milliseconds. */
const SEND_MS = 2_000;
const LOOK_MS = 1_000;

/** A write to a mesh. */
export interface MeshWrite {
  /** Sends it to one member. Answers the id of the silence. Errors: MemberFailure. */
  send(member: Member, timeoutMs: number): Promise<string>;
  /** The id of the silence when these show that the write was done, else null. */
  foundIn(silences: readonly KnownSilence[]): string | null;
}

/** Writes to one member of a mesh; gossip tells the others. */
@Injectable()
export class MeshWriter {
  private readonly log: Logger;

  constructor(
    private readonly api: AlertmanagerApi,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('mesh-writer');
  }

  /**
   * Another member is written to only when the one before cannot have taken the write: it was not sent, was turned away, or is not there. Errors: `invalid` when Alertmanager rejects it;
   * `unavailable` when no member took it, or when one may have and cannot be asked.
   */
  async once(mesh: Mesh, write: MeshWrite, deadline: Deadline): Promise<{ id: string; writtenBy: string }> {
    const reasons: string[] = [];
    for (const [index, member] of mesh.members.entries()) {
      try {
        const timeoutMs = Math.min(SEND_MS, deadline.share(mesh.members.length - index));
        return { id: await write.send(member, timeoutMs), writtenBy: member.address };
      } catch (error) {
        if (!(error instanceof MemberFailure)) throw error;
        this.log.warn(
          { error, cluster: member.cluster, member: member.address },
          'a silence could not be written here',
        );
        if (error.outcome === 'rejected')
          throw new ServiceError('invalid', `Alertmanager does not take such a silence: ${error.message}`, {
            cause: error,
          });
        reasons.push(`${member.address.slice(0, 60)}: ${error.message}`);
        if (error.wasNotTaken) continue;
        const { id, isInDoubt } = await this.find(mesh, member, write, deadline);
        if (id !== null) return { id, writtenBy: member.address };
        // It may still take what it was sent: whoever is written to now makes the second one.
        if (isInDoubt) break;
      }
    }
    const problem = `mesh ${mesh.number} did not confirm the silence; repeat it with the same Idempotency-Key`;
    throw new ServiceError('unavailable', `${problem}: ${reasons.join('; ')}`.slice(0, 400));
  }

  /** The one that may have taken it knows, if it answers. If its process is gone, only what it told the others is left. */
  private async find(
    mesh: Mesh,
    doubtful: Member,
    write: MeshWrite,
    deadline: Deadline,
  ): Promise<{ id: string | null; isInDoubt: boolean }> {
    const own = await this.look(doubtful, deadline);
    if (!(own instanceof MemberFailure)) return { id: write.foundIn(mergedSilences([own])), isInDoubt: false };
    const others = mesh.members.filter((member) => member !== doubtful);
    const looks = await Promise.all(others.map((member) => this.look(member, deadline)));
    const lists = looks.flatMap((look) => (look instanceof MemberFailure ? [] : [look]));
    return { id: write.foundIn(mergedSilences(lists)), isInDoubt: own.outcome !== 'unreachable' };
  }

  private async look(
    member: Member,
    deadline: Deadline,
  ): Promise<{ member: Member; value: HeldSilence[] } | MemberFailure> {
    try {
      return { member, value: await this.api.silences(member, Math.min(LOOK_MS, deadline.leftMs)) };
    } catch (error) {
      if (error instanceof MemberFailure) return error;
      throw error;
    }
  }
}
