import {
  ServiceError,
  type AnalysisPage,
  type AnalysisView,
  type ListAnalyses,
  type ReportAnalysisStatus,
  type StartAnalysis,
} from '@alertagent/contracts';
import { AuditLog, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { boundedResult } from '../analysts/analyst-outcome';
import { DecisionsStore } from '../decisions/decisions.store';
import { pageOf, pagePosition } from '../requests/page';
import { AnalysesStore } from './analyses.store';
import { AnalysisViews } from './analysis-views';
import { NewAnalyses } from './new-analysis';

/** Analyses that people ask for, and questions about all of them. */
@Injectable()
export class AnalysesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly decisions: DecisionsStore,
    private readonly newAnalyses: NewAnalyses,
    private readonly views: AnalysisViews,
    private readonly audit: AuditLog,
  ) {}

  /** Answers at once; the result comes later. */
  async start({ alert, incident_id, cluster_id, cluster_name, context, actor }: StartAnalysis): Promise<AnalysisView> {
    const analysis = this.newAnalyses.make({
      trigger: 'request',
      incidentId: incident_id ?? null,
      clusterId: cluster_id,
      clusterName: cluster_name,
      alert,
      context,
    });
    const view = this.views.of(analysis, null);
    await inTransaction(this.dataSource, async (tx) => {
      await this.store.insert(tx, analysis);
      await this.audit.record(tx, {
        actor,
        action: 'analysis.requested',
        resource_type: 'analysis',
        resource_id: analysis.id,
        after: view,
      });
    });
    return view;
  }

  /** Errors: `not_found`. */
  async get(id: string): Promise<AnalysisView> {
    const { manager } = this.dataSource;
    const analysis = await this.store.find(manager, id);
    if (!analysis) throw new ServiceError('not_found', 'there is no such analysis');
    const usages = await this.views.usages(manager, [id]);
    return this.views.of(analysis, await this.decisions.ofAnalysis(manager, id), usages.get(id));
  }

  /** Keeps what a workflow reported when it no longer counts; the analysis stays as it is. */
  async recordRefused({ analysis_id, actor, status, result, error }: ReportAnalysisStatus): Promise<void> {
    await inTransaction(this.dataSource, (tx) =>
      this.audit.record(tx, {
        actor,
        action: 'analysis.report_refused',
        resource_type: 'analysis',
        resource_id: analysis_id,
        after: { status, result: result ? boundedResult(result) : null, error: error ?? null },
      }),
    );
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ incident_id, alert_id, status, ...page }: ListAnalyses): Promise<AnalysisPage> {
    const { manager } = this.dataSource;
    const position = pagePosition(page);
    const found = await this.store.list(manager, { incidentId: incident_id, alertId: alert_id, status }, position);
    const ids = found.map(({ id }) => id);
    const decisions = await this.decisions.ofAnalyses(manager, ids);
    const usages = await this.views.usages(manager, ids);
    return pageOf(found, position.limit, (analysis) =>
      this.views.of(analysis, decisions.get(analysis.id) ?? null, usages.get(analysis.id)),
    );
  }
}
