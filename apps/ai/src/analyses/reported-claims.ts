import { claimsFrom } from '@alertagent/alerting';
import type { AnalysisResult, ReportAnalysisStatus } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Dossier } from '../evidence/dossier';
import { receiptsOf } from '../evidence/receipt-views';
import { WorkflowEvidenceStore } from '../evidence/workflow-evidence.store';

/** Holds what a workflow claims against the evidence that it was started with, as the claims of models are. */
@Injectable()
export class ReportedClaims {
  constructor(
    private readonly dataSource: DataSource,
    private readonly evidence: WorkflowEvidenceStore,
    private readonly dossier: Dossier,
  ) {}

  /** Of whatever the report says is kept or struck nothing is believed. Errors: `unavailable` when the database is. */
  async check(report: ReportAnalysisStatus): Promise<Pick<AnalysisResult, 'evidence' | 'claims'>> {
    const items = await this.evidence.of(this.dataSource.manager, report.analysis_id);
    return receiptsOf(items, await this.dossier.check(claimsIn(report), items));
  }
}

/** What a report claims, bounded and read as what a model wrote: beside its result, or inside it. */
export const claimsIn = ({ claims, result }: ReportAnalysisStatus): ReturnType<typeof claimsFrom> =>
  claimsFrom(claims ?? result?.claims ?? []);
