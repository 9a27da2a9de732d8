import { parseAnalysisText, type EvidenceItem } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { Catalogue } from '../automation/catalogue';
import { estimatedTokens } from '../budget/amounts';
import { ModelBudget } from '../budget/model-budget';
import type { CallOutcome, ModelCall } from '../budget/model-call';
import { boundedResult, type AnalystOutcome } from './analyst-outcome';
import { askBuiltInAnalyst } from './built-in-analyst';
import { CallTrace } from './call-trace';
import { DifyClient } from './dify-client';
import type { AnalysisSubject, Evidence } from './evidence';
import type { Model } from './model';
import { ModelError, quoted } from './model-error';
import { OpenAiClient } from './openai-client';
import { buildPrompt, type Prompt } from './prompt';
import { RunningCalls } from './running-calls';

/** A model that was not asked, or what came of asking it. */
type Asked = { refusal: string } | AnalystOutcome;

/**
 * Lets a model analyse: Dify where it is configured, and where it gives no usable answer the server with OpenAI's API. A model's text is read as data; an
 * answer without usable scores is a failed analysis, and people are called. Where no model may be asked because a budget is spent, the built-in analyst answers.
 */
@Injectable()
export class Models {
  private readonly models: readonly Model[];

  constructor(
    dify: DifyClient,
    openai: OpenAiClient,
    private readonly catalogue: Catalogue,
    private readonly budget: ModelBudget,
    private readonly running: RunningCalls,
  ) {
    this.models = [dify, openai].filter(({ isConfigured }) => isConfigured);
  }

  get areConfigured(): boolean {
    return this.models.length > 0;
  }

  /** Never throws for what a model does: a bad answer is an outcome. Errors: `unavailable` when the database is. */
  async ask(evidence: Evidence, items: readonly EvidenceItem[]): Promise<AnalystOutcome> {
    const prompt = buildPrompt(evidence, items, [...this.catalogue.entries.values()]);
    const reasons: string[] = [];
    let last: AnalystOutcome | null = null;
    for (const model of this.models) {
      const asked = await this.askOne(model, prompt, evidence);
      if ('status' in asked && asked.status === 'completed') return asked;
      reasons.push('refusal' in asked ? asked.refusal : asked.error);
      if ('status' in asked) last = asked;
    }
    if (last) return { ...last, status: 'failed', error: reasons.join('; ') };
    return answeredInstead(askBuiltInAnalyst(evidence), reasons);
  }

  /** Cuts open calls. */
  async close(): Promise<void> {
    await Promise.all(this.models.map((model) => model.close()));
  }

  private async askOne(model: Model, prompt: Prompt, evidence: Evidence): Promise<Asked> {
    const { id, incidentId } = evidence.subject;
    const allowance = await this.budget.reserve({
      analysisId: id,
      incidentId,
      isP1: isP1(evidence.subject),
      provider: model.name,
      app: model.app,
      price: model.price,
      inputTokens: estimatedTokens(prompt.query),
      timeoutMs: model.timeoutMs,
    });
    if ('refusal' in allowance) return allowance;
    return this.running.whileWanted(id, (signal) =>
      this.call(model, { prompt, evidence, signal, call: allowance.call }),
    );
  }

  private async call(
    model: Model,
    { prompt, evidence, signal, call }: { prompt: Prompt; evidence: Evidence; signal: AbortSignal; call: ModelCall },
  ): Promise<AnalystOutcome> {
    const trace = new CallTrace();
    const startedAt = performance.now();
    const settle = (outcome: CallOutcome, reason: string | null): Promise<void> =>
      this.budget.settle(call, {
        outcome,
        reason,
        usage: trace.usage(prompt, model.price),
        ms: Math.round(performance.now() - startedAt),
        messageId: trace.messageId,
      });
    try {
      const outcome = outcomeOf(model.name, await model.ask(prompt, { signal, trace }), evidence);
      await settle('answered', outcome.status === 'failed' ? outcome.error : null);
      return outcome;
    } catch (error) {
      const reason = error instanceof ModelError ? error.message : 'the call was cut';
      await settle(signal.aborted ? 'cut' : 'failed', reason);
      // Nobody waits for the answer any more: what becomes of the outcome is decided already.
      if (signal.aborted) return { status: 'failed', error: reason };
      if (!(error instanceof ModelError)) throw error;
      return { status: 'failed', error: reason };
    }
  }
}

/** Without a priority, which only incidents have that opened lately, the severity stands in for it, as in the default policy. */
const isP1 = ({ priority, alert }: AnalysisSubject): boolean =>
  priority === null ? alert.severity === 'critical' : priority === 1;

function answeredInstead(outcome: AnalystOutcome, reasons: readonly string[]): AnalystOutcome {
  if (!outcome.result) return outcome;
  const analyst_reason = reasons.join('; ').slice(0, 1_000);
  return { ...outcome, result: { ...outcome.result, analyst_reason } } as AnalystOutcome;
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
