import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Catalogue } from '../automation/catalogue';
import { Dossier } from '../evidence/dossier';
import type { WorkflowEvidence } from '../evidence/workflow-evidence';
import { WorkflowEvidenceStore } from '../evidence/workflow-evidence.store';
import { GatheredWrites } from '../requests/gathered-writes';
import { EvidenceCollector, type AnalysisSubject } from './evidence';
import { buildPrompt, type Prompt } from './prompt';

/** Writes what a model is asked about an alert by a workflow: scrubbed of secrets, cut, with untrusted text fenced. */
@Injectable()
export class Questions {
  private readonly kept = new GatheredWrites<WorkflowEvidence>((given) =>
    inTransaction(this.dataSource, (tx) => this.given.putAll(tx, given)).then(() => []),
  );

  constructor(
    private readonly evidence: EvidenceCollector,
    private readonly dossier: Dossier,
    private readonly catalogue: Catalogue,
    private readonly given: WorkflowEvidenceStore,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** What the question offers as evidence is kept until the analysis is over. Errors: `unavailable` when the database is. */
  async about(subject: AnalysisSubject): Promise<Prompt> {
    const evidence = await this.evidence.collect(subject);
    const items = await this.dossier.of(evidence);
    await this.kept.submit({ analysisId: subject.id, items, createdAt: this.clock.now() });
    return buildPrompt(evidence, items, [...this.catalogue.entries.values()]);
  }
}
