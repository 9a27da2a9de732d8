import { ServiceError } from '@alertagent/contracts';
import {
  AlertAgentConfig,
  bearerToken,
  Clock,
  ClusterTokens,
  isJsonContentType,
  isPlainEncoding,
  unsupported,
  type HttpApplication,
} from '@alertagent/service-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FiringCanaries } from '../canary/firing-canaries';
import { readFiringSet } from './firing-set';
import { Reconciler } from './reconciler';
import { ReconciliationMetrics } from './reconciliation.metrics';

/** Where sidecars tell what fires at their Alertmanager or Prometheus. */
export const FIRING_SET_PATH = '/api/v1/alerts/firing-set';

const CLUSTER = Symbol('firing-set-cluster');
type FiringSetRequest = FastifyRequest & { [CLUSTER]?: string };

/** Registers the address beside Nest's routes: a set of ten thousand alerts is larger than any other request. */
export function registerFiringSetRoute(app: HttpApplication): void {
  const reconciler = app.get(Reconciler);
  const canaries = app.get(FiringCanaries);
  const metrics = app.get(ReconciliationMetrics);
  const tokens = app.get(ClusterTokens);
  const clock = app.get(Clock);
  const { max_body_bytes } = app.get(AlertAgentConfig).gateway.intake;
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post(
      FIRING_SET_PATH,
      {
        bodyLimit: max_body_bytes,
        onRequest: async (request: FiringSetRequest) => {
          request[CLUSTER] = await clusterOf(request, tokens);
          if (!isJsonContentType(request.headers['content-type']) || !isPlainEncoding(request)) throw unsupported();
        },
      },
      async (request: FiringSetRequest, reply) => {
        const set = readFiringSet(parse(request.body), clock.now().getTime());
        const alerts = await canaries.takeOut(request[CLUSTER]!, set);
        const result = await reconciler.reconcile(request[CLUSTER]!, { ...set, alerts });
        metrics.compared(request[CLUSTER]!, result);
        void reply.type('application/json; charset=utf-8');
        return JSON.stringify(result);
      },
    );
    done();
  });
}

function parse(body: unknown): unknown {
  try {
    return JSON.parse(String(body)) as unknown;
  } catch {
    throw new ServiceError('invalid', 'the body is not valid JSON');
  }
}

/** A sidecar has a token for configuration; the one beside an Alertmanager has the webhook's as well. Either says which cluster it is. */
async function clusterOf(request: FastifyRequest, tokens: ClusterTokens): Promise<string> {
  const token = bearerToken(request);
  const grant = token === null ? null : await tokens.find(token);
  if (!grant) throw new ServiceError('unauthenticated', 'a valid token of a cluster is required');
  return grant.cluster_id;
}
