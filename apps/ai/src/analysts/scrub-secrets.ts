const RULES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[secret]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [secret]'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '[secret]'],
  [
    /\b(\w*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|credential)\w*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&"']+)/gi,
    '$1[secret]',
  ],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1[secret]@'],
  [/\bAKIA[0-9A-Z]{16}\b/g, '[secret]'],
];
const SECRET_NAME = /password|passwd|secret|token|api_?key|access_?key|credential|private_?key/i;

/** Text without what looks like a password, token or key: people paste them into annotations, and a model must not see them. */
export function scrubSecrets(text: string): string {
  return RULES.reduce((scrubbed, [pattern, replacement]) => scrubbed.replace(pattern, replacement), text);
}

/** Whether a label or annotation of this name holds a secret whatever it looks like. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);
