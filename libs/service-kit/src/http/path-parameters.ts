/** C0 controls and DEL. */
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Whether all parameters of a path can be names or ids of something. Nothing of ours is called by an empty text, by a step through
 * folders or by control characters, so no handler needs to see them.
 */
export function areUsable(params: unknown): boolean {
  return Object.entries(params ?? {}).every(
    // The rest of a path, as a catch-all has it, is no name.
    ([key, value]) =>
      key === '*' || (typeof value === 'string' && !['', '.', '..'].includes(value) && !CONTROL.test(value)),
  );
}
