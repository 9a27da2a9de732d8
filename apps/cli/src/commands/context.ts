import type { Api } from '../api';
import type { Terminal } from '../terminal';

/** What every command is given. `api` is made when it is first asked for: not every command needs a server. */
export interface CommandContext {
  terminal: Terminal;
  api(): Api;
  env: NodeJS.ProcessEnv;
}
