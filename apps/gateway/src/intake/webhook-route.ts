import { DEFAULT_SEVERITIES } from '@alertagent/alerting';
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
import { SourceAddresses } from '../sources/source-addresses';
import { IntakeTroubles } from './intake-troubles';
import { readRawBody } from './raw-body';
import { WebhookIntake } from './webhook-intake';
import { WEBHOOK_ORIGIN, type WebhookOrigin } from './webhook-origin';

/** Where Alertmanagers and Grafana deliver. */
export const WEBHOOK_PATH = '/api/v1/alerts/webhook';
/** Where Prometheus and vmalert deliver, with AlertAgent in the place of an Alertmanager. */
export const ALERTMANAGER_PATH = '/api/v2/alerts';
/** Where sources with a form of their own deliver. */
export const SOURCE_PATH = '/api/v1/alerts/sources/:id';

const CLUSTER = Symbol('webhook-cluster');
type WebhookRequest = FastifyRequest & { [CLUSTER]?: string };

/** What an address is for. */
interface Address {
  path: string;
  /** The status of success: 202, but 200 where the sender takes nothing else. */
  status: 200 | 202;
  origin: (request: FastifyRequest, cluster: string) => WebhookOrigin | Promise<WebhookOrigin>;
}

/**
 * Registers the addresses for alerts beside Nest's routes: their bodies must stay the bytes that were sent, and storms come through
 * here. As everywhere the token decides first, before a byte of the body is read: a webhook token of a cluster, nothing else.
 */
export function registerWebhookRoute(app: HttpApplication): void {
  const intake = app.get(WebhookIntake);
  const tokens = app.get(ClusterTokens);
  const troubles = app.get(IntakeTroubles);
  const settings = app.get(AlertAgentConfig).gateway.intake;
  const retryAfterSeconds = String(Math.max(1, Math.round(settings.retry_after / 1000)));
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

  void fastify.register((scope, _options, done) => {
    scope.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 503) void reply.header('retry-after', retryAfterSeconds);
    });
    scope.addHook('onError', async (request: WebhookRequest, _reply, error) => {
      const status = refusalOf(error);
      if (request[CLUSTER] !== undefined && status !== null) troubles.refused(request[CLUSTER], status);
    });
    for (const { path, status, origin } of addresses(app.get(SourceAddresses))) {
      const onRequest = async (request: WebhookRequest, reply: FastifyReply): Promise<FastifyReply> => {
        const cluster = await authenticatedCluster(request, tokens);
        request[CLUSTER] = cluster;
        if (!isJsonContentType(request.headers['content-type']) || !isPlainEncoding(request)) throw unsupported();
        const from = await origin(request, cluster);
        const receipt = await intake.accept(await bodyOf(request, reply, settings.max_body_bytes), cluster, from);
        return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(receipt));
      };
      // All is answered by the hook, before Fastify would read the body in its own way.
      scope.post(path, { onRequest }, () => undefined);
    }
    done();
  });
}

async function bodyOf(request: FastifyRequest, reply: FastifyReply, limit: number): Promise<Buffer> {
  try {
    return await readRawBody(request.raw, limit);
  } catch (error) {
    // What is left of the body would be taken for the next request.
    void reply.header('connection', 'close');
    throw error;
  }
}

function addresses(sources: SourceAddresses): Address[] {
  const prometheus: WebhookOrigin = { format: 'prometheus', severity: null, source: null };
  return [
    { path: WEBHOOK_PATH, status: 202, origin: () => WEBHOOK_ORIGIN },
    ...DEFAULT_SEVERITIES.map((severity): Address => {
      const origin = { ...WEBHOOK_ORIGIN, severity };
      return { path: `${WEBHOOK_PATH}/${severity}`, status: 202, origin: () => origin };
    }),
    // vmalert takes any other success for a failure, as Alertmanager itself only ever answers 200.
    { path: ALERTMANAGER_PATH, status: 200, origin: () => prometheus },
    { path: SOURCE_PATH, status: 202, origin: (request, cluster) => originOfSource(request, cluster, sources) },
  ];
}

async function originOfSource(
  request: FastifyRequest,
  cluster: string,
  sources: SourceAddresses,
): Promise<WebhookOrigin> {
  const { id } = request.params as { id: string };
  const source = await sources.find(id, cluster);
  if (!source) throw new ServiceError('not_found', 'the cluster of this token has no such alert source');
  return { format: source.format, severity: null, source };
}

async function authenticatedCluster(request: FastifyRequest, tokens: ClusterTokens): Promise<string> {
  const token = bearerToken(request);
  const grant = token === null ? null : await tokens.find(token);
  if (!grant) throw new ServiceError('unauthenticated', 'a valid webhook token of a cluster is required');
  if (grant.purpose !== 'webhook') throw new ServiceError('forbidden', 'this token is not for the webhook');
  return grant.cluster_id;
}

/** The 4xx that a body is refused with; null when it is not the body's fault. */
function refusalOf(error: unknown): number | null {
  if (error instanceof ServiceError) {
    return error.code === 'invalid' ? 400 : error.code === 'too_large' ? 413 : error.code === 'not_found' ? 404 : null;
  }
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null;
  return status === 400 || status === 413 || status === 415 ? status : null;
}
