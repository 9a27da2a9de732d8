import { ServiceError, type UnansweredMember } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { Deadline } from './deadline';
import { inTurn, type ClusterMembers, type Member } from './member';
import { MemberFailure } from './member-failure';

/** What one member answered, and who was asked before it in vain. */
export interface FirstAnswer<T> {
  member: Member;
  value: T;
  unanswered: UnansweredMember[];
}

/** What all those said who answered. */
export interface AllAnswers<T> {
  answers: { member: Member; value: T }[];
  unanswered: UnansweredMember[];
}

/** Asks one member for something. Errors: MemberFailure. */
export type Question<T> = (member: Member, timeoutMs: number) => Promise<T>;

/** Requests at once of one question to many members: each may answer 16 MiB. */
const LANES = 32;

/** Asks one member of a cluster, the next when it does not answer; or all of them. */
@Injectable()
export class Failover {
  private turn = 0;

  /** One answer, from the first member that gives one before the time is up. For reads only: it may ask several. Errors: `unavailable`, with the reasons. */
  async first<T>(cluster: ClusterMembers, ask: Question<T>, deadline: Deadline): Promise<FirstAnswer<T>> {
    const order = inTurn(cluster.members, this.turn++);
    const unanswered: UnansweredMember[] = [];
    for (const [index, member] of order.entries()) {
      try {
        const value = await ask(member, deadline.share(order.length - index));
        return { member, value, unanswered };
      } catch (error) {
        unanswered.push(unansweredBy(member, error));
      }
    }
    throw noneAnswered(unanswered);
  }

  /** All answers, each member having at most this long. Never fails because a member does. */
  async all<T>(
    members: readonly Member[],
    ask: Question<T>,
    deadline: Deadline,
    eachMs: number,
  ): Promise<AllAnswers<T>> {
    const answers: { member: Member; value: T }[] = [];
    const unanswered: UnansweredMember[] = [];
    const waiting = [...members];
    const lane = async (): Promise<void> => {
      for (let member = waiting.shift(); member; member = waiting.shift()) {
        try {
          answers.push({ member, value: await ask(member, Math.min(eachMs, deadline.leftMs)) });
        } catch (error) {
          unanswered.push(unansweredBy(member, error));
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, members.length) }, lane));
    const inOrder = (a: { address: string }, b: { address: string }): number => (a.address < b.address ? -1 : 1);
    return { answers: answers.sort((a, b) => inOrder(a.member, b.member)), unanswered: unanswered.sort(inOrder) };
  }
}

/** Says of a member why it did not answer; anything but a failure of the member is ours and goes on. */
export function unansweredBy({ clusterId, cluster, address }: Member, error: unknown): UnansweredMember {
  if (!(error instanceof MemberFailure)) throw error;
  return { cluster_id: clusterId, cluster, address, reason: error.message };
}

export function noneAnswered(unanswered: readonly UnansweredMember[]): ServiceError {
  const reasons = unanswered.slice(0, 3).map(({ address, reason }) => `${address.slice(0, 60)}: ${reason}`);
  return new ServiceError(
    'unavailable',
    `no Alertmanager of the cluster answered: ${reasons.join('; ')}`.slice(0, 400),
  );
}
