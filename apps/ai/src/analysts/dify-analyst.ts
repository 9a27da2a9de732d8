import { parseAnalysisText, type EvidenceItem } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { boundedResult, type AnalystOutcome } from './analyst-outcome';
import { DifyClient } from './dify-client';
import { DifyError, quoted } from './dify-error';
import type { Evidence } from './evidence';
import { buildPrompt } from './prompt';

/** Lets a Dify app analyse. Its text is read as data; an answer without usable scores is a failed analysis. */
@Injectable()
export class DifyAnalyst {
  constructor(private readonly dify: DifyClient) {}

  get isConfigured(): boolean {
    return this.dify.isConfigured;
  }

  /** Never throws for what Dify does: a bad answer is an outcome, and people are called. */
  async ask(evidence: Evidence, items: readonly EvidenceItem[]): Promise<AnalystOutcome> {
    let text: string;
    try {
      text = await this.dify.ask(buildPrompt(evidence, items));
    } catch (error) {
      if (!(error instanceof DifyError)) throw error;
      return { status: 'failed', error: error.message };
    }
    return outcomeOf(text, evidence);
  }
}

function outcomeOf(text: string, { similar }: Evidence): AnalystOutcome {
  const parsed = parseAnalysisText(text);
  if ('error' in parsed) return { status: 'failed', error: `Dify's answer is no analysis: ${quoted(parsed.error)}` };
  const { claims, ...analysis } = parsed;
  const result = boundedResult({
    ...analysis,
    // Ids that a model names may be made up; these were found in the record.
    similar_incidents: similar.map(({ id, similarity }) => ({ incident_id: id, similarity, resolution: null })),
    analyst: 'dify',
  });
  if (result.severity_score === null || result.confidence === null) {
    return { status: 'failed', error: "Dify's answer has no usable severity_score and confidence", result, claims };
  }
  return { status: 'completed', result, claims };
}
