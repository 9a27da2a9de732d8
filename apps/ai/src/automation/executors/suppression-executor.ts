import { parseDuration } from '@alertagent/alerting';
import { endSuppression, suppressAlerts } from '@alertagent/contracts';
import { Bus, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { ActionCall, ActionExecutor, ExecutionOutcome } from './action-executor';
import { matchedLabels } from './matched-labels';
import { outcomeOfRequest } from './request-outcome';

const ACTOR = { kind: 'system', id: 'ai', name: 'automation' } as const;

/** Has AlertAgent itself hide alerts for a while, through the gateway. */
@Injectable()
export class SuppressionExecutor implements ActionExecutor {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  isAvailable(): boolean {
    return true;
  }

  execute(call: ActionCall): Promise<ExecutionOutcome> {
    const durationMs = parseDuration(String(call.parameters['duration'])) ?? 0;
    const comment = call.parameters['comment'];
    return outcomeOfRequest(async () => {
      const { id } = await this.bus.request(suppressAlerts, {
        name: `action ${call.id}`,
        reason: typeof comment === 'string' && comment !== '' ? comment : `approved by ${call.approvedBy ?? 'nobody'}`,
        cluster: call.target.cluster ?? '',
        match: matchedLabels(call).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
        ends_at: new Date(this.clock.now().getTime() + durationMs).toISOString(),
        actor: ACTOR,
      });
      return { suppression_id: id };
    });
  }

  undo(_call: ActionCall, result: object | null): Promise<ExecutionOutcome> {
    const id: unknown = result && Reflect.get(result, 'suppression_id');
    if (typeof id !== 'string')
      return Promise.resolve({ kind: 'refused', error: 'it is not known which suppression it made' });
    return outcomeOfRequest(async () => {
      await this.bus.request(endSuppression, { id, actor: ACTOR });
      return { suppression_id: id };
    });
  }
}
