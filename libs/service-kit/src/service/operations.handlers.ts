import {
  ServiceError,
  serviceOperations,
  type AuditPage,
  type AuditVerification,
  type ById,
  type Done,
  type Nothing,
  type PageQuery,
  type ParkedMessagePage,
  type ServiceName,
} from '@alertagent/contracts';
import { Controller, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AuditLog } from '../audit/audit-log';
import { BusStrategy } from '../bus/bus-strategy';
import { OnRequest } from '../bus/handlers';
import { ParkedMessages } from '../inbox/parked-messages';

/** What is shown of a parked payload; the row keeps it whole. */
const SHOWN_PAYLOAD_CHARACTERS = 64 * 1024;
const DEFAULT_PAGE = 50;

/** Answers what every service can say about itself: parked events and the audit record. */
export function operationsHandlers(service: ServiceName): Type {
  const operations = serviceOperations[service];

  @Controller()
  class OperationsHandlers {
    constructor(
      private readonly parked: ParkedMessages,
      private readonly audit: AuditLog,
      private readonly modules: ModuleRef,
    ) {}

    @OnRequest(operations.listParked)
    async listParked(query: PageQuery): Promise<ParkedMessagePage> {
      const page = await this.parked.list({ cursor: query.cursor, limit: query.limit ?? DEFAULT_PAGE });
      return {
        items: page.items.map((message) => ({
          id: message.id,
          service,
          handler: message.handler,
          subject: message.subject,
          message_id: message.messageId,
          reason: message.reason,
          deliveries: message.deliveries,
          parked_at: message.parkedAt.toISOString(),
          replayed_at: message.replayedAt?.toISOString() ?? null,
          payload: message.payload.slice(0, SHOWN_PAYLOAD_CHARACTERS),
        })),
        next_cursor: page.nextCursor,
      };
    }

    @OnRequest(operations.replayParked)
    async replayParked({ id }: ById): Promise<Done> {
      const message = await this.parked.get(id);
      // Looked up late: the strategy needs this service's handlers to exist before it does.
      const strategy = this.modules.get(BusStrategy, { strict: false });
      await strategy.replay(message.handler, parse(message.payload), message.messageId, message.headers);
      await this.parked.markReplayed(id);
      return { done: true };
    }

    @OnRequest(operations.deleteParked)
    async deleteParked({ id }: ById): Promise<Done> {
      await this.parked.delete(id);
      return { done: true };
    }

    @OnRequest(operations.listAudit)
    async listAudit(query: PageQuery): Promise<AuditPage> {
      const page = await this.audit.list({ cursor: query.cursor, limit: query.limit ?? DEFAULT_PAGE });
      return {
        items: page.items.map((entry) => ({ ...entry, service, at: entry.at.toISOString() })),
        next_cursor: page.next_cursor,
      };
    }

    @OnRequest(operations.verifyAudit)
    async verifyAudit(_query: Nothing): Promise<AuditVerification> {
      return { service, ...(await this.audit.verify()) };
    }
  }
  return OperationsHandlers;
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch (cause) {
    throw new ServiceError('invalid', 'the parked event is not JSON and cannot be replayed', { cause });
  }
}
