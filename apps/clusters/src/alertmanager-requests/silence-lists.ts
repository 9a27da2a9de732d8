import {
  ServiceError,
  type FoundSilence,
  type ListSilences,
  type MergedSilencesQuery,
  type SilencePage,
  type SilencesQuery,
  type SilenceView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { HeldSilence } from './alertmanager-answers';
import { AlertmanagerApi } from './alertmanager-api';
import { Deadline } from './deadline';
import { Failover, noneAnswered, unanswered, type AllAnswers } from './failover';
import { asOne, mergedSilences, silenceView, type KnownSilence } from './known-silences';
import type { Member } from './member';
import { MemberDirectory } from './member-directory';
import { PageItems, pageOf, positionOf } from './pages';
import { MEMBER_MS, READ_MS } from './times';

/** Lists the silences that Alertmanagers know. */
@Injectable()
export class SilenceLists {
  constructor(
    private readonly directory: MemberDirectory,
    private readonly failover: Failover,
    private readonly api: AlertmanagerApi,
  ) {}

  /** Of one cluster, by one member. Errors: `not_found`, `conflict`, `invalid`; `unavailable` when no member answers. */
  async list(query: ListSilences): Promise<SilencePage> {
    const page = pageOf(query);
    const cluster = await this.directory.of(query.id);
    const { failed, ...answer } = await this.failover.first(cluster, this.ask, new Deadline(READ_MS));
    const items = new PageItems<SilenceView>(page);
    gather(items, [answer], query);
    return { ...items.result(), unanswered: unanswered(failed) };
  }

  /** Of all clusters or one, by all members. */
  async merge(query: MergedSilencesQuery): Promise<SilencePage> {
    const page = pageOf(query);
    const clusters = query.cluster
      ? [await this.directory.of(query.cluster)]
      : await this.directory.all(page.fromCluster);
    const { answers, failed } = await this.everybody(clusters.flatMap(({ members }) => members));
    const items = new PageItems<SilenceView>(page);
    for (const { id } of clusters) {
      const own = answers.filter(({ member }) => member.clusterId === id);
      if (own.length > 0) gather(items, own, query);
    }
    return { ...items.result(), unanswered: unanswered(failed) };
  }

  /** By any of its ids. Errors: `not_found` when all those who answer say so. */
  async get({ id, silence_id }: { id: string; silence_id: string }): Promise<FoundSilence> {
    const cluster = await this.directory.of(id);
    const { answers, failed } = await this.everybody(cluster.members);
    if (answers.length === 0) throw noneAnswered(failed);
    const one = asOne(mergedSilences(answers)).find((group) => group.some((silence) => silence.id === silence_id));
    if (one) return { silence: silenceView(answers[0]!.member, one), unanswered: unanswered(failed) };
    throw new ServiceError('not_found', 'no Alertmanager that answered knows this silence');
  }

  private everybody(members: readonly Member[]): Promise<AllAnswers<HeldSilence[]>> {
    return this.failover.all(members, this.ask, new Deadline(READ_MS), MEMBER_MS);
  }

  private readonly ask = (member: Member, ms: number): Promise<HeldSilence[]> => this.api.silences(member, ms);
}

function gather(
  items: PageItems<SilenceView>,
  answers: readonly { member: Member; value: HeldSilence[] }[],
  { state }: SilencesQuery,
): void {
  const { member } = answers[0]!;
  for (const one of asOne(mergedSilences(answers))) {
    const view = silenceView(member, one);
    const isWanted = state ? view.state === state : view.state !== 'expired';
    if (isWanted) items.add(positionOf(member.clusterId, keyOf(one)), view);
  }
}

/** The same whichever members answer. */
const keyOf = ([first]: KnownSilence[]): string => first!.marker ?? first!.id;
