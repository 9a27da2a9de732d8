import { CommandError, EXIT } from '../exit-codes';
import { N8nApi } from './n8n-api';

export interface N8nOptions {
  n8nUrl?: string;
  /** Folder with workflow files. */
  workflows?: string;
  /** Webhook paths of those that are meant; all unless told. */
  only?: string[];
}

const DEFAULT_URL = 'http://127.0.0.1:5678';

/** The n8n that options and environment describe. The key comes from the environment only: others on this machine can see a command line. */
export function n8nOf({ n8nUrl }: N8nOptions, env: NodeJS.ProcessEnv): N8nApi {
  const url = n8nUrl ?? (env['N8N_ENDPOINT'] || DEFAULT_URL);
  if (!/^https?:\/\/[^\s/?#@]+[^\s?#@]*$/.test(url)) {
    throw new CommandError(
      EXIT.usage,
      `"${url.replace(/\/\/[^/]*@/, '//…@')}" is no address of n8n`,
      'give --n8n-url or N8N_ENDPOINT as http(s)://host:port, without a user name',
    );
  }
  const key = env['N8N_API_KEY'] || null;
  if (key && !/^[\x21-\x7e]+$/.test(key)) {
    throw new CommandError(
      EXIT.usage,
      'N8N_API_KEY holds blanks or other characters no key has',
      'check how it was set',
    );
  }
  return new N8nApi(url.replace(/\/+$/, ''), key);
}
