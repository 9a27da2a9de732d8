import { getMetadataStorage } from 'class-validator';

const NESTED = 'nestedValidation';

/**
 * Where an instance of a payload class holds a list although one object is declared, as paths of keys. class-validator checks
 * each item of such a list and finds nothing wrong with an empty one.
 */
export function listsForObjects(value: unknown, path: readonly string[] = []): string[][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => listsForObjects(item, [...path, String(index)]));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === Object.prototype) return [];
  const nested = getMetadataStorage()
    .getTargetValidationMetadatas(value.constructor, '', false, false)
    .filter(({ type }) => type === NESTED);
  return nested.flatMap(({ propertyName, each }) => {
    const field = (value as Record<string, unknown>)[propertyName];
    const here = [...path, propertyName];
    return Array.isArray(field) && !each ? [here] : listsForObjects(field, here);
  });
}
