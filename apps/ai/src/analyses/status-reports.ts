import { createHash } from 'node:crypto';
import { ServiceError, type AnalysisView, type ReportAnalysisStatus } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { boundedResult, type AnalystOutcome } from '../analysts/analyst-outcome';
import { AnalysesService } from './analyses.service';
import { AnalysesStore } from './analyses.store';
import { isOver, type Analysis } from './analysis';
import { AnalysisCompletion } from './analysis-completion';
import { AnalysisLeases } from './analysis-leases';
import { claimsIn, ReportedClaims } from './reported-claims';

/** Times a report is judged anew because the analysis changed between reading and writing. */
const MAX_ROUNDS = 3;

/**
 * What a workflow reports about the analysis it was started for. It may report before we have noted that it was started,
 * and may repeat itself; it can't change an analysis that is over or was taken from it;
 * what it reports then is recorded and refused.
 */
@Injectable()
export class StatusReports {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly analyses: AnalysesService,
    private readonly completion: AnalysisCompletion,
    private readonly leases: AnalysisLeases,
    private readonly claims: ReportedClaims,
  ) {}

  /** Errors: `not_found`; `invalid` for a completed report without result; `conflict` when it comes too late. */
  async take(report: ReportAnalysisStatus): Promise<AnalysisView> {
    const hash = hashOf(report);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const analysis = await this.store.find(this.dataSource.manager, report.analysis_id);
      if (!analysis) throw new ServiceError('not_found', 'there is no such analysis');
      if (analysis.reportHash === hash) return this.analyses.get(analysis.id);
      const refusal = refusalOf(analysis);
      if (refusal) {
        await this.analyses.recordRefused(report);
        throw new ServiceError('conflict', refusal);
      }
      const view = await this.apply(analysis, report, hash);
      if (view) return view;
    }
    throw new ServiceError('unavailable', 'the analysis is being changed; try again');
  }

  /** Null when the analysis changed meanwhile. */
  private async apply(analysis: Analysis, report: ReportAnalysisStatus, hash: string): Promise<AnalysisView | null> {
    if (report.status === 'processing') {
      if (analysis.status === 'pending' && !(await this.leases.startReported(analysis))) return null;
      return this.analyses.get(analysis.id);
    }
    const ending = {
      outcome: await this.outcomeOf(report),
      guard: { engine: 'n8n' as const },
      report: { hash, actor: report.actor },
    };
    return this.completion.end(analysis, ending);
  }

  /** Its claims are checked before anything is written: whoever reads the result sees which of them hold. */
  private async outcomeOf(report: ReportAnalysisStatus): Promise<AnalystOutcome> {
    const outcome = outcomeOf(report);
    if (!outcome.result) return outcome;
    return { ...outcome, result: { ...outcome.result, ...(await this.claims.check(report)) } };
  }
}

/** Why no report about it counts any more; null when one does. */
function refusalOf(analysis: Analysis): string | null {
  if (isOver(analysis)) return `the analysis is over already: it is ${analysis.status}`;
  if (analysis.engine !== 'n8n') return 'the analysis is not with this workflow: the built-in one runs it';
  return null;
}

function outcomeOf({ status, result, error }: ReportAnalysisStatus): AnalystOutcome {
  if (status === 'failed') {
    return {
      status,
      error: error ?? 'the workflow reported a failure',
      result: result ? { ...boundedResult(result), analyst: 'n8n' } : null,
    };
  }
  if (!result) {
    throw new ServiceError('invalid', '/result: a completed analysis has a result', {
      errors: [{ pointer: '/result', code: 'required', detail: 'expected the result of the analysis' }],
    });
  }
  return { status: 'completed', result: { ...boundedResult(result), analyst: 'n8n' } };
}

function hashOf(report: ReportAnalysisStatus): string {
  const { status, result, error } = report;
  const claims = claimsIn(report);
  return createHash('sha256')
    .update(
      JSON.stringify([
        status,
        result ? boundedResult(result) : null,
        error ?? null,
        // Reports without claims are known by what they were known by before there were any.
        ...(claims.length > 0 ? [claims] : []),
      ]),
    )
    .digest('hex');
}
