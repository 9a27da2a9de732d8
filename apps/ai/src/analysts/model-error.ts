/** Why a model gave no answer. `message` is safe to store and show. */
export class ModelError extends Error {}

/** At most 100 characters of text that came from a model's server, on one line. */
export const quoted = (text: unknown): string =>
  typeof text === 'string'
    ? text
        .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
        .slice(0, 100)
        .toWellFormed()
    : 'no reason given';
