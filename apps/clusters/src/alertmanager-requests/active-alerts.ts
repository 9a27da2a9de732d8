import { compileMatchers, type LabelTest } from '@alertagent/alerting';
import {
  ServiceError,
  type ActiveAlert,
  type ActiveAlertPage,
  type ActiveAlertsQuery,
  type ListActiveAlerts,
  type MergedAlertsQuery,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { HeldAlert } from './alertmanager-answers';
import { AlertmanagerApi } from './alertmanager-api';
import { Deadline } from './deadline';
import { Failover, unanswered } from './failover';
import type { Member } from './member';
import { MemberDirectory } from './member-directory';
import { PageItems, pageOf, positionOf, type PageOf } from './pages';
import { MEMBER_MS, READ_MS } from './times';

/** Lists the alerts that Alertmanagers hold. */
@Injectable()
export class ActiveAlerts {
  constructor(
    private readonly directory: MemberDirectory,
    private readonly failover: Failover,
    private readonly api: AlertmanagerApi,
  ) {}

  /** Of one cluster, by one member. Errors: `not_found`, `conflict`, `invalid`; `unavailable` when no member answers. */
  async list(query: ListActiveAlerts): Promise<ActiveAlertPage> {
    const page = pageOf(query);
    const isWanted = wantedBy(query);
    const cluster = await this.directory.of(query.id);
    const ask = (member: Member, ms: number): Promise<HeldAlert[]> => this.api.alerts(member, ms);
    const { member, value, failed } = await this.failover.first(cluster, ask, new Deadline(READ_MS));
    const items = new PageItems<ActiveAlert>(page);
    gather(items, member, value.filter(isWanted));
    return { ...items.result(), unanswered: unanswered(failed) };
  }

  /** Of all clusters or one, by all members: what is missing somewhere is there, and who did not answer is named. */
  async merge(query: MergedAlertsQuery): Promise<ActiveAlertPage> {
    const page: PageOf = pageOf(query);
    const isWanted = wantedBy(query);
    const clusters = query.cluster
      ? [await this.directory.of(query.cluster)]
      : await this.directory.all(page.fromCluster);
    // Where it is not suppressed, somebody is told of it.
    const items = new PageItems<ActiveAlert>(page, (one, other) => one.state === 'active' && other.state !== 'active');
    // Each list is let go before the next one is read.
    const ask = async (member: Member, ms: number): Promise<void> =>
      gather(items, member, (await this.api.alerts(member, ms)).filter(isWanted));
    const members = clusters.flatMap((cluster) => cluster.members);
    const { failed } = await this.failover.all(members, ask, new Deadline(READ_MS), MEMBER_MS);
    return { ...items.result(), unanswered: unanswered(failed) };
  }
}

function wantedBy({ state, filter }: ActiveAlertsQuery): (alert: HeldAlert) => boolean {
  const test = filter ? compiled(filter) : () => true;
  return (alert) => (!state || alert.state === state) && test(alert.labels);
}

function compiled(filter: string): LabelTest {
  try {
    return compileMatchers([filter]);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.slice(0, 200) : 'expected matchers';
    throw new ServiceError('invalid', '/filter: expected matchers', {
      errors: [{ pointer: '/filter', code: 'bad_matcher', detail }],
      cause,
    });
  }
}

function gather(items: PageItems<ActiveAlert>, member: Member, alerts: readonly HeldAlert[]): void {
  for (const alert of alerts) items.add(positionOf(member.clusterId, alert.fingerprint), alertView(member, alert));
}

const alertView = (member: Member, alert: HeldAlert): ActiveAlert => ({
  cluster_id: member.clusterId,
  cluster: member.cluster,
  fingerprint: alert.fingerprint,
  state: alert.state,
  labels: alert.labels,
  annotations: alert.annotations,
  silenced_by: alert.silencedBy,
  inhibited_by: alert.inhibitedBy,
  receivers: alert.receivers,
  starts_at: alert.startsAt,
  ends_at: alert.endsAt,
  updated_at: alert.updatedAt,
  generator_url: alert.generatorUrl,
  members: [member.address],
});
