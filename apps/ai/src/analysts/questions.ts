import { Injectable } from '@nestjs/common';
import { Catalogue } from '../automation/catalogue';
import { Dossier } from '../evidence/dossier';
import { EvidenceCollector, type AnalysisSubject } from './evidence';
import { buildPrompt, type Prompt } from './prompt';

/** Writes what a model is asked about an alert, whoever passes it on: scrubbed of secrets, cut, with untrusted text fenced. */
@Injectable()
export class Questions {
  constructor(
    private readonly evidence: EvidenceCollector,
    private readonly dossier: Dossier,
    private readonly catalogue: Catalogue,
  ) {}

  /** Errors: `unavailable` when the database is. */
  async about(subject: AnalysisSubject): Promise<Prompt> {
    const evidence = await this.evidence.collect(subject);
    return buildPrompt(evidence, await this.dossier.of(evidence), [...this.catalogue.entries.values()]);
  }
}
