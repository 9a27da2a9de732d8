import type { AlertAgentConfig } from '../configuration/alertagent-config';
import { readOrMakeSecretKey } from './secret-key-file';
import { SecretBox } from './secret-box';

/**
 * The box that seals with this installation's secret: `security.secret_key`, else the file in `data_dir`, which is made at first
 * start. Errors: those of the file system; a file without a usable key.
 */
export async function openSecretBox(config: AlertAgentConfig, purpose: string): Promise<SecretBox> {
  return new SecretBox(config.security.secret_key ?? (await readOrMakeSecretKey(config.data_dir)), purpose);
}
