import { getMetadataStorage } from 'class-validator';

/** A field that class-validator lets pass although a handler cannot work with it. */
export interface LooseField {
  path: string[];
  fault: 'absent' | 'inexact';
}

const NESTED = 'nestedValidation';
/** `@IsOptional` and `@ValidateIf`. */
const CONDITIONAL = 'conditionalValidation';
const INTEGER = 'isInt';

/**
 * Finds required objects that are not there, and integers too large to be told from their neighbours, in an instance of a payload
 * class. class-validator checks a nested object only where there is one, and takes 2^53 + 1 for an integer like any other.
 */
export function looseFields(value: unknown, path: readonly string[] = []): LooseField[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => looseFields(item, [...path, String(index)]));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === Object.prototype) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(value.constructor, '', false, false);
  const mayBeAbsent = new Set(rules.filter(({ type }) => type === CONDITIONAL).map(({ propertyName }) => propertyName));
  return rules.flatMap(({ type, name, propertyName }): LooseField[] => {
    const field = (value as Record<string, unknown>)[propertyName];
    const here = [...path, propertyName];
    if (name === INTEGER && Number.isInteger(field) && !Number.isSafeInteger(field))
      return [{ path: here, fault: 'inexact' }];
    if (type !== NESTED) return [];
    if (field !== undefined && field !== null) return looseFields(field, here);
    return mayBeAbsent.has(propertyName) ? [] : [{ path: here, fault: 'absent' }];
  });
}
