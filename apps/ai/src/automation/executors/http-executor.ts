import { createHmac } from 'node:crypto';
import type { CatalogueEntry } from '@alertagent/alerting';
import { AlertAgentConfig, Clock, outboundClient, type OutboundClient } from '@alertagent/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Catalogue } from '../catalogue';
import { actionBody } from './action-body';
import type { ActionCall, ActionExecutor, ExecutionOutcome } from './action-executor';
import { outcomeOfAnswer, outcomeOfFailure } from './http-answer';

const MAX_ANSWER_BYTES = 65_536;
const LONGEST_MS = 3_600_000;

/** Posts it to the address of the catalogue, signed. Only the addresses that the operator wrote there may be private ones. */
@Injectable()
export class HttpExecutor implements ActionExecutor, OnApplicationShutdown {
  private readonly client: OutboundClient;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
    { security }: AlertAgentConfig,
  ) {
    const own = [...catalogue.entries.values()].flatMap(({ executor, address }) =>
      executor === 'http' && address ? [new URL(address).origin] : [],
    );
    this.client = outboundClient({
      allow: [...security.outbound_allow, ...own],
      totalMs: LONGEST_MS,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  isAvailable({ address }: CatalogueEntry): boolean {
    return address !== null;
  }

  execute(call: ActionCall): Promise<ExecutionOutcome> {
    return this.post(call, 'execute', call.id);
  }

  undo(call: ActionCall): Promise<ExecutionOutcome> {
    return this.post(call, 'undo', `${call.id}-undo`);
  }

  private async post(call: ActionCall, operation: 'execute' | 'undo', key: string): Promise<ExecutionOutcome> {
    const { address, timeout_ms, id } = call.entry;
    if (address === null) return { kind: 'refused', error: 'the catalogue has no address for it' };
    const body = JSON.stringify(actionBody(call, operation));
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...signature(this.catalogue.signingKey(id), body, this.clock.now()),
    };
    try {
      return outcomeOfAnswer(
        await this.client.request({ method: 'POST', url: address, headers, body, timeoutMs: timeout_ms }),
      );
    } catch (error) {
      return outcomeOfFailure(error);
    }
  }
}

/** HMAC-SHA-256 over the time in seconds, a dot and the body: the receiver can refuse what is old or altered. */
function signature(key: string | undefined, body: string, now: Date): Record<string, string> {
  if (key === undefined) return {};
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const mac = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-alertagent-timestamp': timestamp, 'x-alertagent-signature': `v1=${mac}` };
}
