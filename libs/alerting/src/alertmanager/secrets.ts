import { RenderError, type YamlValue } from '../rendered-file';

/**
 * A value of a document: as in alertmanager.yml, and `{ secret: name }` where a secret belongs, which is kept encrypted
 * under that name.
 */
export type DocumentValue = string | number | boolean | null | DocumentValue[] | { [key: string]: DocumentValue };

/** A document without its secrets, and the secrets by name. */
export interface SeparatedSecrets {
  document: DocumentValue;
  secrets: ReadonlyMap<string, string>;
}

/**
 * Takes the secrets out of a value, by the pointers at which they stand. A name says where its secret came from, such as
 * `receivers.team-x.slack_configs.0.api_url`: lists with names use those, so that a receiver may move without losing its secrets.
 * `prefix` comes before each name.
 */
export function separateSecrets(value: DocumentValue, pointers: readonly string[], prefix = ''): SeparatedSecrets {
  const secrets = new Map<string, string>();
  const wanted = new Set(pointers);
  const taken = new Set(secretNames(value));
  const visit = (node: DocumentValue, pointer: string, name: string): DocumentValue => {
    if (wanted.has(pointer) && typeof node === 'string' && node !== '') {
      // Keys may hold dots, and items move, so that two places could get one name.
      let free = name;
      while (secrets.has(free) || taken.has(free)) free += "'";
      secrets.set(free, node);
      return { secret: free };
    }
    if (Array.isArray(node)) {
      return node.map((item, index) => visit(item, `${pointer}/${index}`, `${name}.${nameOf(item) ?? index}`));
    }
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, child]) => [
        key,
        visit(
          child,
          `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          name === '' ? key : `${name}.${key}`,
        ),
      ]),
    );
  };
  return { document: visit(value, '', prefix), secrets };
}

/** Puts secrets back in their places. Throws a RenderError that names a secret which is missing. */
export function insertSecrets(document: DocumentValue, secretOf: (name: string) => string | null): YamlValue {
  if (Array.isArray(document)) return document.map((item) => insertSecrets(item, secretOf));
  if (typeof document !== 'object' || document === null) return document;
  const name = referenceOf(document);
  if (name !== null) {
    const secret = secretOf(name);
    if (secret === null) throw new RenderError(`the secret "${name}" was never given`);
    return secret;
  }
  return Object.fromEntries(Object.entries(document).map(([key, child]) => [key, insertSecrets(child, secretOf)]));
}

/** The names of all secrets that a document refers to, as often as it does. */
export function secretNames(document: Readonly<Record<string, DocumentValue>> | DocumentValue): string[] {
  if (typeof document !== 'object' || document === null) return [];
  const name = referenceOf(document as DocumentValue);
  return name === null ? Object.values(document).flatMap(secretNames) : [name];
}

/** The name in a reference; null for any other mapping. No mapping of Alertmanager's has this one key. */
export function referenceOf(value: DocumentValue): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { secret, ...others } = value;
  return typeof secret === 'string' && Object.keys(others).length === 0 ? secret : null;
}

function nameOf(item: DocumentValue): string | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  return typeof item['name'] === 'string' && item['name'] !== '' ? item['name'] : null;
}
