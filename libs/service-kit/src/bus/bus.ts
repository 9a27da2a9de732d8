import { access, parsePayload, ServiceError, type RequestContract, type ServiceName } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { ErrorCode, NatsError, type Msg } from 'nats';
import { currentContext, toHeaders } from '../context/request-context';
import { Circuit } from './circuit';
import type { NatsLink } from './nats-link';
import { decodeError, decodeMessage, encodeMessage } from './wire-format';

export interface RequestOptions {
  /** Milliseconds to wait instead of the contract's own. */
  timeoutMs?: number;
}

/** The way to ask another service. Events leave through the outbox only. */
@Injectable()
export class Bus {
  private readonly circuits = new Map<string, Circuit>();

  constructor(
    private readonly link: NatsLink,
    private readonly service: ServiceName,
  ) {}

  /**
   * Asks and waits for the answer, both validated. Fails with `unavailable` at once when nobody answers or
   * NATS is away, with `deadline` when the answer takes too long, or with the code the other side replied. Whoever was not
   * answered in time again and again is spared the wait: `unavailable` at once, until a trial is answered.
   */
  async request<Q extends object, A extends object>(
    contract: RequestContract<Q, A>,
    payload: NoInfer<Q>,
    options: RequestOptions = {},
  ): Promise<A> {
    if (!access[this.service].asks.some((allowed) => allowed.subject === contract.subject)) {
      throw new Error(`${this.service} may not ask ${contract.subject}: declare it in contracts/access.ts`);
    }
    const question = parsePayload(contract.request, payload);
    const connection = this.link.current();
    const circuit = this.circuitOf(contract.subject);
    if (!circuit.admits()) {
      throw new ServiceError('unavailable', `the ${contract.owner} service does not answer in time; try again later`);
    }
    const context = currentContext();
    const message = encodeMessage(question, context ? toHeaders(context) : {});
    const reply = await connection
      .request(contract.subject, message.data, {
        timeout: options.timeoutMs ?? contract.timeoutMs,
        headers: message.headers,
      })
      .catch((error: unknown) => {
        const failure = asServiceError(error, contract.owner);
        if (failure.code === 'deadline') circuit.timedOut();
        else circuit.answered();
        throw failure;
      });
    circuit.answered();
    const failure = decodeError(reply.data, reply.headers);
    if (failure) throw failure;
    return readReply(contract, reply);
  }

  private circuitOf(subject: string): Circuit {
    const known = this.circuits.get(subject) ?? new Circuit();
    this.circuits.set(subject, known);
    return known;
  }
}

/** An answer that breaks the contract is the other service's fault: as `invalid` it would be blamed on our own caller. */
function readReply<Q extends object, A extends object>(contract: RequestContract<Q, A>, reply: Msg): A {
  try {
    return parsePayload(contract.reply, decodeMessage(reply.data, reply.headers));
  } catch (cause) {
    throw new ServiceError('internal', `the answer to ${contract.subject} breaks its contract`, { cause });
  }
}

function asServiceError(error: unknown, owner: ServiceName): ServiceError {
  if (error instanceof NatsError && error.code === ErrorCode.Timeout) {
    return new ServiceError('deadline', `the ${owner} service did not answer in time`, { cause: error });
  }
  return new ServiceError('unavailable', `the ${owner} service is not reachable`, { cause: error });
}
