import { getWeeklyReport, type WeeklyReport, type WeeklyReportQuery } from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ReportsService } from './reports.service';

/** What others ask about reports. */
@Controller()
export class ReportsHandlers {
  constructor(private readonly reports: ReportsService) {}

  @OnRequest(getWeeklyReport)
  weekly(query: WeeklyReportQuery): Promise<WeeklyReport> {
    return this.reports.weekly(query);
  }
}
