import {
  defineEvent,
  getRule,
  revisionPublished,
  RevisionPublished,
  type ById,
  type RevisionRule,
  type RuleView,
} from '@alertagent/contracts';
import type { EntityManager } from 'typeorm';
import type { Outbox } from '../outbox/outbox';
import type { Bus } from './bus';
import { OnEvent, OnRequest, type Delivery } from './handlers';

/** What the compiler accepts; each refusal below is an error of `npm run types` when it is accepted. */
export class Accepted {
  @OnEvent(revisionPublished)
  async onPublished(_event: RevisionPublished, _delivery: Delivery): Promise<void> {}

  @OnRequest(getRule)
  async get(_query: ById): Promise<RuleView> {
    throw new Error('never called');
  }
}

export class Refused {
  // @ts-expect-error the event has another payload
  @OnEvent(revisionPublished)
  async otherPayload(_event: { nope: string }): Promise<void> {}

  // @ts-expect-error the request has another reply
  @OnRequest(getRule)
  async otherReply(_query: ById): Promise<{ x: 1 }> {
    return { x: 1 };
  }

  // @ts-expect-error a request is no event
  @OnEvent(getRule)
  async requestAsEvent(_query: ById): Promise<void> {}

  // @ts-expect-error an event is no request
  @OnRequest(revisionPublished)
  async eventAsRequest(_event: RevisionPublished): Promise<void> {}

  // @ts-expect-error a handler that forgets its promise would be acknowledged before it is done
  @OnEvent(revisionPublished)
  notAwaited(_event: RevisionPublished): void {}
}

const event = {
  cluster_id: 'c',
  type: 'prometheus-rules' as const,
  revision: 1,
  hash: 'h',
  rules: [] as RevisionRule[],
  published_at: 't',
};

/** Outgoing traffic is typed the same way. */
export async function outgoing(bus: Bus, outbox: Outbox, tx: EntityManager): Promise<void> {
  const rule = await bus.request(getRule, { id: 'r' });
  rule.expression satisfies string;
  // @ts-expect-error the reply has no such field
  void rule.nope;
  // @ts-expect-error a field is missing
  await bus.request(getRule, {});
  // @ts-expect-error a field is misspelt
  await bus.request(getRule, { ID: 'r' });
  // @ts-expect-error an event cannot be asked
  await bus.request(revisionPublished, event);
  await outbox.add(tx, revisionPublished, event);
  // @ts-expect-error a field is missing
  await outbox.add(tx, revisionPublished, { cluster_id: 'c' });
  // @ts-expect-error a request is no event
  await outbox.add(tx, getRule, { id: 'r' });
  // @ts-expect-error the key must be a field of the payload
  defineEvent({ owner: 'config', subject: 'alertagent.config.v1.x', payload: RevisionPublished, key: 'cluster' });
}

describe('the handler decorators', () => {
  it('leave the decorated methods in place', () => {
    expect(Object.getOwnPropertyNames(Accepted.prototype)).toEqual(['constructor', 'onPublished', 'get']);
  });
});
