import { parseDuration } from '@alertagent/alerting';
import { createSilence, expireSilence, ServiceError, type Actor } from '@alertagent/contracts';
import { Bus, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { ActionCall, ActionExecutor, ExecutionOutcome } from './action-executor';
import { matchedLabels } from './matched-labels';
import { outcomeOfRequest } from './request-outcome';

/** Silences alerts in the Alertmanagers of a cluster, through the clusters service. One key makes one silence. */
@Injectable()
export class SilenceExecutor implements ActionExecutor {
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
      const { id, cluster_id } = await this.bus.request(createSilence, {
        id: call.target.cluster ?? '',
        silence: {
          matchers: matchedLabels(call).map(([name, value]) => ({ name, value })),
          ends_at: new Date(this.clock.now().getTime() + durationMs).toISOString(),
          comment: `${typeof comment === 'string' && comment !== '' ? `${comment} ` : ''}(AlertAgent action ${call.id})`,
        },
        idempotency_key: call.id,
        actor: actorOf(call),
      });
      return { silence_id: id, cluster_id };
    });
  }

  undo(call: ActionCall, result: object | null): Promise<ExecutionOutcome> {
    const silence_id: unknown = result && Reflect.get(result, 'silence_id');
    if (typeof silence_id !== 'string')
      return Promise.resolve({ kind: 'refused', error: 'it is not known which silence it made' });
    const query = { id: call.target.cluster ?? '', silence_id, actor: actorOf(call) };
    return outcomeOfRequest(async () => {
      await this.bus.request(expireSilence, query).catch((error: unknown) => {
        // Gone by itself: that is what was wanted.
        if (!(error instanceof ServiceError) || error.code !== 'not_found') throw error;
      });
      return { silence_id };
    });
  }
}

/** Whoever finds the silence sees what made it. */
function actorOf({ id }: ActionCall): Actor {
  return { kind: 'system', id: 'ai', name: `action ${id}` };
}
