import {
  cancelAnalysis,
  getAnalysis,
  incidentOpened,
  incidentResolved,
  listAnalyses,
  reportAnalysisStatus,
  startAnalysis,
  type AnalysisPage,
  type AnalysisView,
  type ById,
  type CancelAnalysis,
  type IncidentEvent,
  type IncidentResolved,
  type ListAnalyses,
  type ReportAnalysisStatus,
  type StartAnalysis,
} from '@alertagent/contracts';
import { OnEvent, OnRequest, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { AnalysesService } from './analyses.service';
import { AnalysisCancellation } from './analysis-cancellation';
import { IncidentNews } from './incident-news';
import { StatusReports } from './status-reports';
import { WakeUp } from '../requests/wake-up';

/** In a storm one after the other would be heard too late: what is over must be known before its turn comes. News of one incident may come in any order. */
const NEWS_TOGETHER = 4;

/** What others ask about analyses, and what they tell about incidents. */
@Controller()
export class AnalysesHandlers {
  constructor(
    private readonly analyses: AnalysesService,
    private readonly cancellation: AnalysisCancellation,
    private readonly reports: StatusReports,
    private readonly news: IncidentNews,
    private readonly wakeUp: WakeUp,
  ) {}

  @OnRequest(startAnalysis)
  async start(query: StartAnalysis): Promise<AnalysisView> {
    const view = await this.analyses.start(query);
    this.wakeUp.ring();
    return view;
  }

  @OnRequest(getAnalysis)
  get({ id }: ById): Promise<AnalysisView> {
    return this.analyses.get(id);
  }

  @OnRequest(listAnalyses)
  list(query: ListAnalyses): Promise<AnalysisPage> {
    return this.analyses.list(query);
  }

  @OnRequest(cancelAnalysis)
  async cancel(query: CancelAnalysis): Promise<AnalysisView> {
    const view = await this.cancellation.cancel(query);
    this.wakeUp.ring();
    return view;
  }

  /** A run that has reported leaves its place to the next one. */
  @OnRequest(reportAnalysisStatus)
  async report(query: ReportAnalysisStatus): Promise<AnalysisView> {
    const view = await this.reports.take(query);
    this.wakeUp.ring();
    return view;
  }

  @OnEvent(incidentOpened, { together: NEWS_TOGETHER })
  onOpened(event: IncidentEvent, delivery: Delivery): Promise<void> {
    return this.news.opened(event, delivery);
  }

  @OnEvent(incidentResolved, { together: NEWS_TOGETHER })
  onResolved(event: IncidentResolved, delivery: Delivery): Promise<void> {
    return this.news.resolved(event, delivery);
  }
}
