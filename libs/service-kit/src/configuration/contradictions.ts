import type { AlertAgentConfig } from './alertagent-config';
import type { ConfigurationReader } from './configuration-reader';
import type { PathStep } from './yaml-source';

/** A problem that no single key has alone. */
export interface Contradiction {
  path: PathStep[];
  detail: string;
}

/** Checks that look at more than one key. */
export function contradictions(
  config: AlertAgentConfig,
  reader: Pick<ConfigurationReader, 'origins'>,
): Contradiction[] {
  const found: Contradiction[] = [];
  // An address from the environment replaces what the file says, so only two in the same file contradict.
  const inFile = (key: string): boolean => reader.origins.get(key)?.from === 'file';

  if (config.database.mysql && inFile('database.url')) {
    found.push({ path: ['database', 'mysql'], detail: 'both database.url and database.mysql are given; keep one' });
  }
  if (inFile('database.redis.url') && config.database.redis.host) {
    found.push({ path: ['database', 'redis', 'host'], detail: 'both url and host are given; keep one' });
  }
  if (config.server.port !== 0 && config.server.port === config.server.config_port) {
    found.push({ path: ['server', 'config_port'], detail: 'must differ from server.port' });
  }
  if (config.dify.endpoint && !config.dify.analyzerKey()) {
    found.push({
      path: ['dify', 'api_key'],
      detail:
        'is required with dify.endpoint; set it, or DIFY_API_KEY, or DIFY_API_KEY_FILE, or dify.keys.alert_analyzer',
    });
  }
  if (config.dify.dataset.id && !config.dify.dataset.api_key) {
    found.push({ path: ['dify', 'dataset', 'api_key'], detail: 'is required with dify.dataset.id' });
  }
  if (config.dify.dataset.id && !config.dify.endpoint) {
    found.push({ path: ['dify', 'dataset', 'id'], detail: 'needs dify.endpoint' });
  }
  if (config.nats.password && !config.nats.username) {
    found.push({ path: ['nats', 'username'], detail: 'is required with nats.password' });
  }
  const names = new Set<string>();
  config.alertmanager.clusters.forEach(({ name }, index) => {
    if (names.has(name))
      found.push({ path: ['alertmanager', 'clusters', index, 'name'], detail: 'another cluster has the same name' });
    names.add(name);
  });
  return found;
}
