/**
 * Values that replicas of a service share for a while. It is only ever a shortcut: every operation may behave as if the cache
 * were empty, and losing it changes no result. Nothing here throws.
 */
export abstract class SharedCache {
  /** The text kept under `key`; `undefined` when there is none, it is too old, or the cache can't be reached. */
  abstract get(key: string): Promise<string | undefined>;
  /** Keeps `value` for `ttlMs`. */
  abstract set(key: string, value: string, ttlMs: number): Promise<void>;
  abstract delete(key: string): Promise<void>;
  /**
   * Adds one and returns the new count. The count starts over `ttlMs` after its first increment. When the shared cache can't
   * be reached, this process counts alone.
   */
  abstract increment(key: string, ttlMs: number): Promise<number>;
  /** Lets go of connections. */
  abstract close(): Promise<void>;
}
