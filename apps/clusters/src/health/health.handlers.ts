import {
  listClusterHealth,
  listHealthHistory,
  memberReported,
  revisionApplied,
  revisionRejected,
  type ClusterHealthPage,
  type HealthHistoryPage,
  type ListClusterHealth,
  type ListHealthHistory,
  type MemberReported,
} from '@alertagent/contracts';
import { OnEvent, OnRequest, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { HealthHistory } from './health-history';
import { HealthReports } from './health-reports';
import { HealthService } from './health.service';

/** What others ask about health, and what the config service passes on from the sidecars. */
@Controller()
export class HealthHandlers {
  constructor(
    private readonly health: HealthService,
    private readonly history: HealthHistory,
    private readonly reports: HealthReports,
  ) {}

  @OnRequest(listClusterHealth)
  list(query: ListClusterHealth): Promise<ClusterHealthPage> {
    return this.health.list(query);
  }

  @OnRequest(listHealthHistory)
  listHistory(query: ListHealthHistory): Promise<HealthHistoryPage> {
    return this.history.list(query);
  }

  @OnEvent(memberReported)
  async onReported(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.reports.handle(event, delivery);
  }

  @OnEvent(revisionApplied)
  async onApplied(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.reports.handle(event, delivery);
  }

  @OnEvent(revisionRejected)
  async onRejected(event: MemberReported, delivery: Delivery): Promise<void> {
    await this.reports.handle(event, delivery);
  }
}
