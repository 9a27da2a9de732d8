import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { ServiceError } from '@alertagent/contracts';
import {
  bearerToken,
  ClusterTokens,
  LOGGER,
  takeDirectly,
  type DirectAnswer,
  type HttpApplication,
  type Logger,
} from '@alertagent/service-kit';
import { clusterPrincipal } from '../machine-access/cluster-token-authenticator';
import { ownCluster } from '../machine-access/own-cluster';
import { waitMs, type ConfigQuery } from './config-query';
import { goneSignal } from './gone-signal';
import { PlainQueries } from './plain-queries';
import { Pulls, type PullAnswer } from './pulls';

/**
 * Answers pulls that are spelled as sidecars do before Nest and Fastify see them: each asks twice a minute or more often, and
 * after a restart all at once. Any other spelling takes `ConfigsController`; both end in `Pulls`.
 */
export function registerPullRoute(app: HttpApplication): void {
  const [pulls, tokens, queries] = [app.get(Pulls), app.get(ClusterTokens), new PlainQueries()];
  const log = app.get<Logger>(LOGGER).component('http');

  const answerTo = (
    request: IncomingMessage,
    response: ServerResponse,
    query: ConfigQuery,
  ): DirectAnswer | Promise<DirectAnswer> => {
    const token = bearerToken({ headers: request.headers, raw: request });
    if (token === null) throw new ServiceError('unauthenticated', 'a valid bearer token is required');
    const pullFor = (grant: Awaited<ReturnType<ClusterTokens['find']>>) => {
      if (!grant) throw new ServiceError('unauthenticated', 'a valid bearer token is required');
      if (grant.purpose !== 'sync') throw new ServiceError('forbidden', 'this token may not do that');
      const key = { clusterId: ownCluster(clusterPrincipal(grant), query.cluster_id), type: query.type };
      return { key, known: request.headers['if-none-match'], waitMs: waitMs(query) };
    };
    const remembered = tokens.findRemembered(token);
    const atOnce = remembered === undefined ? null : pulls.atOnce(pullFor(remembered));
    if (atOnce) return direct(atOnce);
    const gone = goneSignal(response);
    return tokens.find(token).then(async (grant) => direct(await pulls.answer(pullFor(grant), gone)));
  };

  takeDirectly(app.getHttpServer() as Server, (request) => {
    if (request.method !== 'GET' || hasBody(request)) return undefined;
    const query = queries.read(request.url ?? '');
    if (query === null) return undefined;
    return {
      answer: (_request, response) => answerTo(request, response, query),
      onInternal: (error) => log.error({ error }, 'request failed'),
    };
  });
}

const YAML = { 'content-type': 'application/yaml' };

function direct({ status, headers, body }: PullAnswer): DirectAnswer {
  return { status, body, headers: body === null ? headers : { ...headers, ...YAML } };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
