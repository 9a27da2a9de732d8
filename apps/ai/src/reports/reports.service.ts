import { ServiceError, type WeeklyReport, type WeeklyReportQuery } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { lastWholeWeek, weekNamed } from './iso-week';
import { ReportFacts } from './report-facts';
import { weeklyReport } from './weekly-report';

/** Reports on how good analyses and suggestions are. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly facts: ReportFacts,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid` for a week that no year has, or that is yet to come. */
  async weekly({ week: name }: WeeklyReportQuery): Promise<WeeklyReport> {
    const week = name ? weekNamed(name) : lastWholeWeek(this.clock.now());
    if (!week || week.from > this.clock.now()) {
      const detail = week ? 'this week is yet to come' : 'there is no such week; weeks are named like 2026-W48';
      throw new ServiceError('invalid', detail, { errors: [{ pointer: '/week', code: 'bad_week', detail }] });
    }
    return weeklyReport(week, await this.facts.of(this.dataSource, week));
  }
}
