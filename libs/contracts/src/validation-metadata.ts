import { getMetadataStorage } from 'class-validator';

type Storage = ReturnType<typeof getMetadataStorage>;
type Find = Storage['getTargetValidationMetadatas'];

/**
 * Makes class-validator remember which rules a class has. Left alone it looks through every decorated class of the program for each
 * object that it checks, which costs more than all checks together. Decorators have run before the first object of their class is
 * checked, so an answer stays right.
 *
 * @returns how to undo it
 */
export function rememberValidationMetadata(storage: Storage = getMetadataStorage()): () => void {
  const find = storage.getTargetValidationMetadatas;
  const known = new WeakMap<object, Map<string, ReturnType<Find>>>();
  const remembered: Find = (target, schema, always, strictGroups, groups) => {
    if (typeof target !== 'function') return find.call(storage, target, schema, always, strictGroups, groups);
    const key = JSON.stringify([schema, always, strictGroups, groups]);
    const ofClass = known.get(target) ?? new Map<string, ReturnType<Find>>();
    const found = ofClass.get(key) ?? find.call(storage, target, schema, always, strictGroups, groups);
    known.set(target, ofClass.set(key, found));
    return found;
  };
  storage.getTargetValidationMetadatas = remembered;
  return () => {
    storage.getTargetValidationMetadatas = find;
  };
}
