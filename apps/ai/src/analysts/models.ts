import { parseAnalysisText, type EvidenceItem } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { boundedResult, type AnalystOutcome } from './analyst-outcome';
import { Catalogue } from '../automation/catalogue';
import { DifyClient } from './dify-client';
import type { Evidence } from './evidence';
import type { Model } from './model';
import { ModelError, quoted } from './model-error';
import { OpenAiClient } from './openai-client';
import { buildPrompt, type Prompt } from './prompt';

/**
 * Lets a model analyse: Dify where it is configured, and where it gives no usable answer the server with OpenAI's API. A model's text is read as data; an
 * answer without usable scores is a failed analysis, and people are called.
 */
@Injectable()
export class Models {
  private readonly models: readonly Model[];

  constructor(
    dify: DifyClient,
    openai: OpenAiClient,
    private readonly catalogue: Catalogue,
  ) {
    this.models = [dify, openai].filter(({ isConfigured }) => isConfigured);
  }

  get areConfigured(): boolean {
    return this.models.length > 0;
  }

  /** Never throws for what a model does: a bad answer is an outcome. */
  async ask(evidence: Evidence, items: readonly EvidenceItem[]): Promise<AnalystOutcome> {
    const prompt = buildPrompt(evidence, items, [...this.catalogue.entries.values()]);
    const errors: string[] = [];
    for (const model of this.models) {
      const outcome = await this.askOne(model, prompt, evidence);
      const isLast = model === this.models.at(-1);
      if (outcome.status === 'completed') return outcome;
      errors.push(outcome.error);
      if (isLast) return { ...outcome, error: errors.join('; ') };
    }
    return { status: 'failed', error: 'no model is configured' };
  }

  /** Cuts open calls. */
  async close(): Promise<void> {
    await Promise.all(this.models.map((model) => model.close()));
  }

  private async askOne(model: Model, prompt: Prompt, evidence: Evidence): Promise<AnalystOutcome> {
    try {
      return outcomeOf(model.name, await model.ask(prompt), evidence);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return { status: 'failed', error: error.message };
    }
  }
}

const SHOWN: Readonly<Record<Model['name'], string>> = { dify: 'Dify', openai: 'The model' };

function outcomeOf(analyst: Model['name'], text: string, { similar }: Evidence): AnalystOutcome {
  const parsed = parseAnalysisText(text);
  if ('error' in parsed)
    return { status: 'failed', error: `${SHOWN[analyst]}'s answer is no analysis: ${quoted(parsed.error)}` };
  const { claims, ...analysis } = parsed;
  const result = boundedResult({
    ...analysis,
    // Ids that a model names may be made up; these were found in the record.
    similar_incidents: similar.map(({ id, similarity }) => ({ incident_id: id, similarity, resolution: null })),
    analyst,
  });
  if (result.severity_score === null || result.confidence === null) {
    const error = `${SHOWN[analyst]}'s answer has no usable severity_score and confidence`;
    return { status: 'failed', error, result, claims };
  }
  return { status: 'completed', result, claims };
}
