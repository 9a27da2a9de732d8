import type { Server } from 'node:http';
import { LOGGER, takeDirectly, type DirectRoute, type HttpApplication, type Logger } from '@alertagent/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SOURCE_PATH, WEBHOOK_ADDRESSES } from './webhook-addresses';
import { WebhookDoor } from './webhook-door';
import type { WebhookOrigin } from './webhook-origin';

/**
 * Registers the addresses for alerts beside Nest's routes: their bodies must stay the bytes that were sent, and storms come through
 * here. What comes to them spelled exactly does not even pass Fastify.
 */
export function registerWebhookRoute(app: HttpApplication): void {
  const door = app.get(WebhookDoor);
  const log = app.get<Logger>(LOGGER).component('http');
  const direct = new Map<string, DirectRoute>();
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  void fastify.register((scope, _options, done) => {
    scope.addHook('onSend', async (_request, reply) => {
      void reply.headers(door.headersOf(null, reply.statusCode));
    });
    const add = (path: string, status: number, originOf: (request: FastifyRequest) => WebhookOrigin | string): void => {
      // All is answered by the hook, before Fastify would read the body in its own way.
      scope.post(path, { onRequest: answerWith(door, status, originOf) }, () => undefined);
    };
    for (const { path, status, origin } of WEBHOOK_ADDRESSES) {
      add(path, status, () => origin);
      direct.set(path, {
        answer: async (request) => ({ status, body: JSON.stringify(await door.receive(request, origin)) }),
        headersOf: (error, problem) => door.headersOf(error, problem),
        onInternal: (error) => log.error({ error }, 'request failed'),
      });
    }
    add(SOURCE_PATH, 202, (request) => (request.params as { id: string }).id);
    done();
  });
  takeDirectly(app.getHttpServer() as Server, ({ method, url }) =>
    method === 'POST' ? direct.get(url ?? '') : undefined,
  );
}

function answerWith(door: WebhookDoor, status: number, originOf: (request: FastifyRequest) => WebhookOrigin | string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    try {
      const receipt = await door.receive(request.raw, originOf(request));
      return await reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(receipt));
    } catch (error) {
      void reply.headers(door.headersOf(error, 0));
      throw error;
    }
  };
}
