import { exchange, type ExchangeAnswer } from './http-exchange';

/** Longest time in ms for one answer of the API server, and its largest answer in bytes. */
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** Requests to the API server of a Kubernetes. */
export interface KubernetesApi {
  /** Rejects with ExchangeFailed when no complete answer came; any status is an answer. */
  ask(method: 'GET' | 'PATCH', path: string, mergePatch?: object): Promise<ExchangeAnswer>;
}

/**
 * Connects as KUBECONFIG says, or else as the service account of this pod. The client library knows both forms,
 * renewed tokens, authorities and proxies; the requests themselves go through the same door with the same limits as
 * all others. The library takes 40 MiB, so it is loaded here and by nothing else.
 */
export async function openKubernetes(kubeconfig: string | undefined, signal: AbortSignal): Promise<KubernetesApi> {
  const { HttpMethod, KubeConfig, RequestContext } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromCluster();
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('the kubeconfig names no current cluster');
  return {
    async ask(method, path, mergePatch) {
      const url = new URL(`${server.replace(/\/+$/, '')}${path}`);
      const context = new RequestContext(url.href, method === 'GET' ? HttpMethod.GET : HttpMethod.PATCH);
      await config.applySecurityAuthentication(context);
      const { host: _host, ...headers } = context.getHeaders();
      const patch = mergePatch && { body: JSON.stringify(mergePatch) };
      return exchange({
        method,
        url,
        headers: {
          ...headers,
          accept: 'application/json',
          ...(patch && { 'content-type': 'application/merge-patch+json' }),
        },
        ...patch,
        agent: context.getAgent(),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        signal,
      });
    },
  };
}
