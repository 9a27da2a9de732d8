import type { RedisSettings } from '../configuration/database.settings';
import type { Logger } from '../logging/logger';
import { MemoryCache } from './memory-cache';
import { RedisCache } from './redis-cache';
import type { SharedCache } from './shared-cache';

/** Redis when one is configured, else the memory of this process. Does not wait for the connection. */
export function createCache(config: RedisSettings, log: Logger): SharedCache {
  const url = config.connectionUrl();
  return url === undefined ? new MemoryCache() : new RedisCache({ url, log });
}
