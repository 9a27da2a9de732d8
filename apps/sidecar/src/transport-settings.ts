import { readDuration, readUrl, type Problem } from './setting-readers';

/** How the file gets to the target. */
export type Transport = 'file' | 'shared-directory' | 'configmap';

/** A ConfigMap by its namespace and name. */
export interface ConfigMapName {
  namespace: string;
  name: string;
}

/** What the settings say about the way of the file. */
interface TransportSettings {
  transport: Transport;
  configMap: ConfigMapName | null;
  /** Null when ARRIVAL_TIMEOUT is wrong. */
  arrivalMs: number | null;
}

/**
 * How long a file may need to arrive, unless told. Network file systems cache for a minute; the kubelet looks once a
 * minute and may then be served from a cache that is as old.
 */
const ARRIVAL: Readonly<Record<Transport, string | null>> = {
  file: null,
  'shared-directory': '1m30s',
  configmap: '3m',
};

/** Reads TRANSPORT, CONFIGMAP and ARRIVAL_TIMEOUT; null when the transport cannot be used. */
export function readTransport(
  env: Readonly<Record<string, string | undefined>>,
  problem: Problem,
): TransportSettings | null {
  const transport = env['TRANSPORT']?.trim() || 'file';
  if (!isTransport(transport)) return problem('TRANSPORT is neither file, shared-directory nor configmap');
  const unless = ARRIVAL[transport];
  const given = env['ARRIVAL_TIMEOUT'];
  if (unless === null && given) return problem('ARRIVAL_TIMEOUT is for TRANSPORT shared-directory and configmap only');
  const arrivalMs = unless === null ? 0 : readDuration('ARRIVAL_TIMEOUT', given || unless, problem);
  if (transport !== 'configmap') {
    if (env['CONFIGMAP']) return problem('CONFIGMAP is set; it needs TRANSPORT=configmap');
    return { transport, configMap: null, arrivalMs };
  }
  if (!env['KUBECONFIG'] && !env['KUBERNETES_SERVICE_HOST'])
    return problem('TRANSPORT=configmap needs a Kubernetes: run it in a pod, or set KUBECONFIG');
  const configMap = readConfigMap(env['CONFIGMAP'], problem);
  return configMap && { transport, configMap, arrivalMs };
}

/** Reads RELOAD_URL: one address, or with the transports that reach several targets a list with commas. */
export function readReloadUrls(
  text: string | null,
  transport: TransportSettings | null,
  problem: Problem,
): [URL, ...URL[]] | null {
  if (text === null) return null;
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > 1 && transport?.transport === 'file')
    return problem('RELOAD_URL names several targets; only TRANSPORT shared-directory and configmap reach several');
  const urls = parts.flatMap((part) => readReloadUrl(part, problem) ?? []);
  const [first, ...others] = urls;
  if (first === undefined || urls.length < parts.length) return null;
  if (new Set(urls.map(String)).size < urls.length) return problem('RELOAD_URL names a target twice');
  return [first, ...others];
}

function readReloadUrl(text: string, problem: Problem): URL | null {
  const url = readUrl('RELOAD_URL', text, problem);
  return url === null || url.pathname.endsWith('/-/reload') ? url : problem('RELOAD_URL does not end in /-/reload');
}

function isTransport(text: string): text is Transport {
  return Object.hasOwn(ARRIVAL, text);
}

function readConfigMap(text: string | undefined, problem: Problem): ConfigMapName | null {
  const [, namespace, name] = /^([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9.-]{0,252})$/.exec(text?.trim() ?? '') ?? [];
  if (namespace === undefined || name === undefined)
    return problem('CONFIGMAP is not <namespace>/<name> of the ConfigMap that the target mounts');
  return { namespace, name };
}
