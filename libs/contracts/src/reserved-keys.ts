/** Names every object has; class-transformer leaves fields with these names out without a word. Node may run without `__proto__`. */
const isReserved = (key: string): boolean => key === '__proto__' || key in Object.prototype;

/** Names by which class-transformer is misled: it takes the one for the class of the object that carries it. */
const MISLEADING = new Set(['__proto__', 'constructor']);

/** On an object made by `withoutMisleadingKeys`: the object it was made from. */
const RECEIVED = Symbol('received');

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Where the reserved names stand in a value, as paths of keys. */
export function reservedKeys(value: unknown, path: readonly string[] = []): string[][] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const here = [...path, key];
    return [...(isReserved(key) ? [here] : []), ...reservedKeys(child, here)];
  });
}

/** The value without misleading names; the same object when there is none, which is the rule. */
export function withoutMisleadingKeys<T>(value: T): T {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => withoutMisleadingKeys(item));
    return items.some((item, index) => item !== value[index]) ? (items as T) : value;
  }
  const entries = Object.entries(value);
  const kept = entries
    .filter(([key]) => !MISLEADING.has(key))
    .map(([key, child]): [string, unknown] => [key, withoutMisleadingKeys(child)]);
  if (kept.length === entries.length && kept.every(([key, child]) => child === (value as Record<string, unknown>)[key]))
    return value;
  return Object.assign(Object.fromEntries(kept), { [RECEIVED]: value }) as T;
}

/** A field of an object as it was received, whatever was taken out of it since. */
export function receivedField(object: object, key: string): unknown {
  const received = (object as { [RECEIVED]?: object })[RECEIVED] ?? object;
  return (received as Record<string, unknown>)[key];
}
