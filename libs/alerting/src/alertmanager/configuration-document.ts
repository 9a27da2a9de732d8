import { renderYaml, RenderError, type RenderedFile } from '../rendered-file';
import { readAlertmanagerConfig, type AlertmanagerConfigCheck } from './check-alertmanager-config';
import { insertSecrets, separateSecrets, type DocumentValue, type SeparatedSecrets } from './secrets';

/** A whole configuration as a document: the fields of alertmanager.yml, secrets as references. */
export type ConfigurationDocument = Readonly<Record<string, DocumentValue>>;

/** What became of an alertmanager.yml that somebody brought. */
export interface ImportedConfiguration extends AlertmanagerConfigCheck {
  /** Null when the file is not valid. */
  document: ConfigurationDocument | null;
  /** The secrets that stood in the file, by the names that now stand in the document. */
  secrets: SeparatedSecrets['secrets'];
}

/** Takes over an existing alertmanager.yml, judged for one version of Alertmanager. `prefix` comes before the names of secrets. */
export function importAlertmanagerConfig(
  text: string,
  target: { version: string },
  prefix = '',
): ImportedConfiguration {
  const { valid, problems, value, secrets: pointers } = readAlertmanagerConfig(text, target);
  if (!valid || value === null) return { valid, problems, document: null, secrets: new Map() };
  const { document, secrets } = separateSecrets(value, pointers, prefix);
  return { valid, problems, document: document as ConfigurationDocument, secrets };
}

/**
 * Writes a document as alertmanager.yml, proves that it reads back as meant, and that every one of the versions loads it.
 * Throws a RenderError otherwise.
 */
export function renderConfigurationDocument(
  document: ConfigurationDocument,
  secretOf: (name: string) => string | null,
  versions: readonly string[],
): RenderedFile {
  const rendered = renderYaml(insertSecrets(document, secretOf));
  for (const version of versions) {
    const { problems } = readAlertmanagerConfig(rendered.content, { version });
    const refused = problems.find(({ severity }) => severity === 'error');
    if (refused) throw new RenderError(`"${refused.pointer}" ${refused.message} (Alertmanager ${version})`);
  }
  return { ...rendered, rules: 0, manifest: [] };
}

/** A document as text for people, with the same text for every secret. Nothing is proven about it. */
export function renderConfigurationText(document: ConfigurationDocument, secret: string): string {
  return renderYaml(insertSecrets(document, () => secret)).content;
}
