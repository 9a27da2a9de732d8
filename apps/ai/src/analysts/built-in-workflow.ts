import type { KnowledgeSource } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { AnalystOutcome } from './analyst-outcome';
import { askBuiltInAnalyst } from './built-in-analyst';
import { DifyAnalyst } from './dify-analyst';
import { EvidenceCollector, type AnalysisSubject, type Evidence } from './evidence';

/** The workflow that needs nobody else: collect evidence, ask Dify if there is one, else the built-in analyst. */
@Injectable()
export class BuiltInWorkflow {
  constructor(
    private readonly evidence: EvidenceCollector,
    private readonly dify: DifyAnalyst,
  ) {}

  /** The result cites what the analyst was given to read. Errors: `unavailable` when the database is. */
  async run(subject: AnalysisSubject): Promise<AnalystOutcome> {
    const evidence = await this.evidence.collect(subject);
    const outcome = await (this.dify.isConfigured ? this.dify.ask(evidence) : askBuiltInAnalyst(evidence));
    return outcome.result ? { ...outcome, result: { ...outcome.result, sources: sourcesOf(evidence) } } : outcome;
  }
}

const sourcesOf = ({ knowledge }: Evidence): KnowledgeSource[] =>
  knowledge.map(({ document_id, version, title, url }) => ({ document_id, version, title, url: url ?? null }));
