import { ServiceError } from '@alertagent/contracts';
import {
  AlertAgentConfig,
  bearerToken,
  ClusterTokens,
  isJsonContentType,
  isPlainEncoding,
  unsupported,
  type HttpApplication,
} from '@alertagent/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WebhookIntake } from './webhook-intake';

/** Where Alertmanagers deliver. */
export const WEBHOOK_PATH = '/api/v1/alerts/webhook';

const CLUSTER = Symbol('webhook-cluster');
type WebhookRequest = FastifyRequest & { [CLUSTER]?: string };

/**
 * Registers the webhook beside Nest's routes: its body must stay the bytes that were sent, and storms come through here.
 * As everywhere the token decides first, before a byte of the body is read: a webhook token of a cluster, nothing else.
 */
export function registerWebhookRoute(app: HttpApplication): void {
  const intake = app.get(WebhookIntake);
  const tokens = app.get(ClusterTokens);
  const settings = app.get(AlertAgentConfig).gateway.intake;
  const retryAfterSeconds = String(Math.max(1, Math.round(settings.retry_after / 1000)));
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 503) void reply.header('retry-after', retryAfterSeconds);
    });
    scope.post(
      WEBHOOK_PATH,
      {
        bodyLimit: settings.max_body_bytes,
        onRequest: async (request: WebhookRequest) => {
          request[CLUSTER] = await authenticatedCluster(request, tokens);
          if (!isJsonContentType(request.headers['content-type']) || !isPlainEncoding(request)) throw unsupported();
        },
      },
      async (request: WebhookRequest, reply: FastifyReply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const receipt = await intake.accept(body, request[CLUSTER]!);
        void reply.code(202).type('application/json; charset=utf-8');
        return JSON.stringify(receipt);
      },
    );
    done();
  });
}

async function authenticatedCluster(request: FastifyRequest, tokens: ClusterTokens): Promise<string> {
  const token = bearerToken(request);
  const grant = token === null ? null : await tokens.find(token);
  if (!grant) throw new ServiceError('unauthenticated', 'a valid webhook token of a cluster is required');
  if (grant.purpose !== 'webhook') throw new ServiceError('forbidden', 'this token is not for the webhook');
  return grant.cluster_id;
}
