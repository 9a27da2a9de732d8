import { Injectable } from '@nestjs/common';
import { BuiltInWorkflow } from '../analysts/built-in-workflow';
import { Questions } from '../analysts/questions';
import { N8nClient } from '../workflows/n8n-client';
import { WorkflowCallError } from '../workflows/workflow-call-error';
import { AnalysisCompletion } from './analysis-completion';
import { AnalysisLeases, type LeasedAnalysis } from './analysis-leases';
import { MAX_ATTEMPTS, type Step } from './engine-policy';
import { LostWorkflows } from './lost-workflows';

/** Does one step of one analysis. Calls go out between transactions, never inside one. */
@Injectable()
export class AnalysisRun {
  constructor(
    private readonly n8n: N8nClient,
    private readonly questions: Questions,
    private readonly builtIn: BuiltInWorkflow,
    private readonly leases: AnalysisLeases,
    private readonly completion: AnalysisCompletion,
    private readonly losses: LostWorkflows,
  ) {}

  /** Errors: those of the database, and bugs. */
  async take(analysis: LeasedAnalysis, step: Step): Promise<void> {
    switch (step.kind) {
      case 'start-workflow':
        return this.startWorkflow(analysis);
      case 'run-built-in':
        return this.runBuiltIn(analysis);
      case 'fall-back':
        return this.losses.lost(analysis, { kind: step.lost, reason: step.reason });
      case 'give-up':
        return this.end(analysis, step.reason);
    }
  }

  /** Lets one that was cut off go on later, at once when it is the service that ends. */
  interrupted(analysis: LeasedAnalysis, { isStopping }: { isStopping: boolean }): Promise<void> {
    return isStopping
      ? this.leases.giveBack(analysis)
      : this.leases.retryLater(analysis, 'the analysis was interrupted');
  }

  private async startWorkflow(analysis: LeasedAnalysis): Promise<void> {
    const prompt = await this.questions.about(analysis);
    try {
      await this.n8n.start(analysis, prompt);
    } catch (error) {
      if (!(error instanceof WorkflowCallError)) throw error;
      const { message } = error;
      const loss = { kind: 'not_started' as const, lastError: message };
      if (!error.worthRetrying) return this.losses.lost(analysis, { ...loss, reason: message });
      if (analysis.attempts >= MAX_ATTEMPTS) {
        return this.losses.lost(analysis, { ...loss, reason: `${message}, after ${analysis.attempts} attempts` });
      }
      return this.leases.retryLater(analysis, error.message);
    }
    await this.leases.awaitCallback(analysis);
  }

  private async runBuiltIn(analysis: LeasedAnalysis): Promise<void> {
    const outcome = await this.builtIn.run(analysis);
    await this.completion.end(analysis, { outcome, guard: { leaseToken: analysis.leaseToken } });
  }

  private async end(analysis: LeasedAnalysis, error: string): Promise<void> {
    await this.completion.end(analysis, {
      outcome: { status: 'failed', error },
      guard: { leaseToken: analysis.leaseToken },
    });
  }
}
