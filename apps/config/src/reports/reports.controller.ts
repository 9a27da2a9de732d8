import { SidecarReport } from '@alertagent/contracts';
import { CurrentPrincipal, JsonBody, RequireClusterToken, type Principal } from '@alertagent/service-kit';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ownCluster } from '../machine-access/own-cluster';
import { ReportsService } from './reports.service';

/** Where it is served; the limit on its body is set by path. */
export const REPORTS_PATH = '/api/v1/configs/reports';

/** Bytes a report may have: it lists every rule of the cluster. */
export const MAX_REPORT_BYTES = 8 * 1024 * 1024;

/** Where sidecars say how far they have come. */
@Controller()
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  /** 204 once the report is stored. */
  @Post(REPORTS_PATH)
  @HttpCode(204)
  @RequireClusterToken('sync')
  async report(
    @JsonBody(SidecarReport) report: SidecarReport,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.reports.take(ownCluster(principal, report.cluster_id), report);
  }
}
