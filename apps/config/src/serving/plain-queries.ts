import { CONFIG_TYPES, type ConfigType } from '@alertagent/contracts';
import type { ConfigQuery } from './config-query';

const PATH = '/api/v1/configs?';
/** Most addresses that are remembered: two for each of some thousand sidecars, with and without `wait`. */
const MAX_REMEMBERED = 10_000;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const WAIT = /^\d{1,6}(ms|s|m)$/;

/**
 * Reads the addresses that sidecars ask: `/api/v1/configs?cluster_id=…&type=…` and perhaps `&wait=…`, each once and nothing else, in
 * characters that need no decoding. Everything else is left to those who judge it properly.
 */
export class PlainQueries {
  private readonly remembered = new Map<string, ConfigQuery>();

  /** Null when it is not such an address. */
  read(url: string): ConfigQuery | null {
    const known = this.remembered.get(url);
    if (known) return known;
    const query = url.startsWith(PATH) ? queryOf(url.slice(PATH.length)) : null;
    if (query === null) return null;
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(url, query);
    return query;
  }
}

function queryOf(text: string): ConfigQuery | null {
  const parts = text.split('&').map((part) => part.split('='));
  if (parts.length > 3 || parts.some((part) => part.length !== 2)) return null;
  const fields = new Map(parts.map(([name = '', value = '']) => [name, value]));
  const [clusterId, type, wait] = [fields.get('cluster_id'), fields.get('type'), fields.get('wait')];
  const isWhole = fields.size === parts.length && parts.length === (wait === undefined ? 2 : 3);
  if (!isWhole || clusterId === undefined || !NAME.test(clusterId) || !isConfigType(type)) return null;
  if (wait !== undefined && !WAIT.test(wait)) return null;
  return { cluster_id: clusterId, type, ...(wait === undefined ? {} : { wait }) };
}

const isConfigType = (text: string | undefined): text is ConfigType =>
  CONFIG_TYPES.some((type: string) => type === text);
