import { createHash } from 'node:crypto';

/** What Alertmanager's metrics say about its configuration; null where a metric is absent. */
export interface LoadedConfig {
  hash: number | null;
  lastReloadSuccessful: boolean | null;
}

/** The number Alertmanager shows as `alertmanager_config_hash` for a file: the first 6 bytes of its MD5, little endian. */
export function alertmanagerConfigHash(bytes: Buffer): number {
  return createHash('md5').update(bytes).digest().readUIntLE(0, 6);
}

/** Reads the two metrics from a `/metrics` answer. */
export function loadedConfig(metrics: string): LoadedConfig {
  const success = metric(metrics, 'alertmanager_config_last_reload_successful');
  return {
    hash: metric(metrics, 'alertmanager_config_hash'),
    lastReloadSuccessful: success === null ? null : success === 1,
  };
}

function metric(text: string, name: string): number | null {
  const match = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
  const value = match ? Number(match[1]) : NaN;
  return Number.isFinite(value) ? value : null;
}
