import { Injectable } from '@nestjs/common';
import type { AnalystOutcome } from './analyst-outcome';
import { askBuiltInAnalyst } from './built-in-analyst';
import { DifyAnalyst } from './dify-analyst';
import { EvidenceCollector, type AnalysisSubject } from './evidence';

/** The workflow that needs nobody else: collect evidence, ask Dify if there is one, else the built-in analyst. */
@Injectable()
export class BuiltInWorkflow {
  constructor(
    private readonly evidence: EvidenceCollector,
    private readonly dify: DifyAnalyst,
  ) {}

  /** Errors: `unavailable` when the database is. */
  async run(subject: AnalysisSubject): Promise<AnalystOutcome> {
    const evidence = await this.evidence.collect(subject);
    return this.dify.isConfigured ? this.dify.ask(evidence) : askBuiltInAnalyst(evidence);
  }
}
