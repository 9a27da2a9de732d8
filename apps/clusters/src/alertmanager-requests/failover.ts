import { ServiceError, type UnansweredMember } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { Deadline } from './deadline';
import { inTurn, type ClusterMembers, type Member } from './member';
import { MemberFailure } from './member-failure';

/** A member that was asked in vain. */
interface Failed {
  member: Member;
  failure: MemberFailure;
}

/** What one member answered, and who was asked before it in vain. */
interface FirstAnswer<T> {
  member: Member;
  value: T;
  failed: Failed[];
}

/** What all those said who answered, by address. */
export interface AllAnswers<T> {
  answers: { member: Member; value: T }[];
  failed: Failed[];
}

/** Asks one member for something. Errors: MemberFailure. */
export type Question<T> = (member: Member, timeoutMs: number) => Promise<T>;

/** Requests at once of one question to many members: each may answer 16 MiB. */
const LANES = 32;

/** Asks one member of a cluster, the next when it does not answer; or all of them. */
@Injectable()
export class Failover {
  private turn = 0;

  /** One answer, from the first member that gives one before the time is up. For reads only: it may ask several. Errors: those of `noneAnswered`, with the reasons. */
  async first<T>(cluster: ClusterMembers, ask: Question<T>, deadline: Deadline): Promise<FirstAnswer<T>> {
    const order = inTurn(cluster.members, this.turn++);
    const failed: Failed[] = [];
    for (const [index, member] of order.entries()) {
      try {
        const value = await ask(member, deadline.share(order.length - index));
        return { member, value, failed };
      } catch (error) {
        failed.push(failedAt(member, error));
      }
    }
    throw noneAnswered(failed);
  }

  /** All answers, each member having at most this long. Never fails because a member does. */
  async all<T>(
    members: readonly Member[],
    ask: Question<T>,
    deadline: Deadline,
    eachMs: number,
  ): Promise<AllAnswers<T>> {
    const answers: { member: Member; value: T }[] = [];
    const failed: Failed[] = [];
    const waiting = [...members];
    const lane = async (): Promise<void> => {
      for (let member = waiting.shift(); member; member = waiting.shift()) {
        try {
          answers.push({ member, value: await ask(member, Math.min(eachMs, deadline.leftMs)) });
        } catch (error) {
          failed.push(failedAt(member, error));
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, members.length) }, lane));
    const inOrder = (a: { member: Member }, b: { member: Member }): number =>
      a.member.address < b.member.address ? -1 : 1;
    return { answers: answers.sort(inOrder), failed: failed.sort(inOrder) };
  }
}

/** Those who were asked in vain, as people are told of them. */
export const unanswered = (failed: readonly Failed[]): UnansweredMember[] =>
  failed.map(({ member: { clusterId, cluster, address }, failure }) => ({
    cluster_id: clusterId,
    cluster,
    address,
    reason: failure.message,
  }));

/** `conflict` when none may be asked, which no repetition changes; else `unavailable`. */
export function noneAnswered(failed: readonly Failed[]): ServiceError {
  const reasons = failed.slice(0, 3).map(({ member, failure }) => `${member.address.slice(0, 60)}: ${failure.message}`);
  const isForbidden = failed.every(({ failure }) => failure.outcome === 'not_allowed');
  const problem = isForbidden
    ? 'no Alertmanager of the cluster may be asked'
    : 'no Alertmanager of the cluster answered';
  return new ServiceError(isForbidden ? 'conflict' : 'unavailable', `${problem}: ${reasons.join('; ')}`.slice(0, 400));
}

/** Anything but a failure of the member is ours and goes on. */
function failedAt(member: Member, error: unknown): Failed {
  if (!(error instanceof MemberFailure)) throw error;
  return { member, failure: error };
}
