import type { CheckedClaim, EvidenceItem } from '@alertagent/alerting';
import type { AnalysisResult, KnowledgeSource } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { Dossier } from '../evidence/dossier';
import { receiptsOf } from '../evidence/receipt-views';
import type { AnalystOutcome } from './analyst-outcome';
import { askBuiltInAnalyst } from './built-in-analyst';
import { EvidenceCollector, type AnalysisSubject, type Evidence } from './evidence';
import { Models } from './models';

/** The workflow that needs nobody else: collect evidence, ask a model if there is one, else the built-in analyst; then check what it claims. */
@Injectable()
export class BuiltInWorkflow {
  constructor(
    private readonly evidence: EvidenceCollector,
    private readonly dossier: Dossier,
    private readonly models: Models,
  ) {}

  /** The result shows what the analyst was given, and which of its claims that bears. Errors: `unavailable` when the database is. */
  async run(subject: AnalysisSubject): Promise<AnalystOutcome> {
    const evidence = await this.evidence.collect(subject);
    const items = await this.dossier.of(evidence);
    const outcome = await (this.models.areConfigured ? this.models.ask(evidence, items) : askBuiltInAnalyst(evidence));
    if (!outcome.result) return outcome;
    const claims = await this.dossier.check(outcome.claims ?? [], items);
    return { ...outcome, result: withReceipts(outcome.result, evidence, items, claims) };
  }
}

function withReceipts(
  result: AnalysisResult,
  { knowledge }: Evidence,
  items: readonly EvidenceItem[],
  claims: readonly CheckedClaim[],
): AnalysisResult {
  const sources = knowledge.map(({ document_id, version, title, url }): KnowledgeSource => ({
    document_id,
    version,
    title,
    url: url ?? null,
  }));
  return { ...result, sources, ...receiptsOf(items, claims) };
}
