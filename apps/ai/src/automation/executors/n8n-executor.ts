import type { CatalogueEntry } from '@alertagent/alerting';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { N8nClient } from '../../workflows/n8n-client';
import { WorkflowCallError } from '../../workflows/workflow-call-error';
import { actionBody } from './action-body';
import type { ActionCall, ActionExecutor, ExecutionOutcome } from './action-executor';
import { mayHaveArrived } from '../../requests/may-have-arrived';

/** Has a workflow in n8n carry it out. n8n answers when it has started; the check shows what came of it. */
@Injectable()
export class N8nExecutor implements ActionExecutor {
  constructor(
    private readonly n8n: N8nClient,
    private readonly config: AlertAgentConfig,
  ) {}

  isAvailable(): boolean {
    return this.n8n.isConfigured;
  }

  execute(call: ActionCall): Promise<ExecutionOutcome> {
    return this.call(call, 'execute', call.id);
  }

  undo(call: ActionCall): Promise<ExecutionOutcome> {
    return this.call(call, 'undo', `${call.id}-undo`);
  }

  private async call(call: ActionCall, operation: 'execute' | 'undo', key: string): Promise<ExecutionOutcome> {
    if (!this.isAvailable()) return { kind: 'refused', error: 'n8n is not configured' };
    const workflow = this.pathOf(call.entry);
    try {
      await this.n8n.call(workflow, { key, body: actionBody(call, operation) });
      return { kind: 'done', result: { workflow, message: 'n8n started the workflow' } };
    } catch (error) {
      if (!(error instanceof WorkflowCallError)) throw error;
      const isSure = !error.wasSent || !mayHaveArrived(error);
      return { kind: isSure ? 'refused' : 'unknown', error: error.message };
    }
  }

  private pathOf({ address }: CatalogueEntry): string {
    return address ?? this.config.n8n.workflows.automation_action;
  }
}
