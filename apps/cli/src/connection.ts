import { readFileSync } from 'node:fs';
import { CommandError, EXIT } from './exit-codes';

/** Where AlertAgent is, and who asks. */
export interface Connection {
  /** Without a slash at its end. */
  url: string;
  token: string;
}

export interface ConnectionOptions {
  url?: string;
  token?: string;
  tokenFile?: string;
}

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** The connection that options and environment describe; options win. Throws a {@link CommandError}. */
export function connectionOf(options: ConnectionOptions, env: NodeJS.ProcessEnv): Connection {
  const url = options.url ?? (env['ALERTAGENT_URL'] || DEFAULT_URL);
  if (!/^https?:\/\/[^\s/?#@]+[^\s?#@]*$/.test(url)) {
    throw new CommandError(
      EXIT.usage,
      `"${url.replace(/\/\/[^/]*@/, '//…@')}" is no address of AlertAgent`,
      'give --url or ALERTAGENT_URL as http(s)://host:port, without a user name',
    );
  }
  return { url: url.replace(/\/+$/, ''), token: tokenOf(options, env) };
}

function tokenOf({ token, tokenFile }: ConnectionOptions, env: NodeJS.ProcessEnv): string {
  const file =
    tokenFile ?? (token === undefined && !env['ALERTAGENT_TOKEN'] ? env['ALERTAGENT_TOKEN_FILE'] : undefined);
  const text = file === undefined ? (token ?? env['ALERTAGENT_TOKEN']) : readToken(file);
  if (!text) {
    throw new CommandError(
      EXIT.usage,
      'no token was given',
      'set ALERTAGENT_TOKEN, or name a file with --token-file; an administrator makes one with POST /api/v1/tokens',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new CommandError(
      EXIT.usage,
      'the token holds blanks or other characters no token has',
      'check how it was set',
    );
  }
  return text;
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `the token file can not be read (${codeOf(error)})`,
      `check --token-file ${file}`,
    );
  }
}

/** The short reason in an error of the system, such as ENOENT. */
export function codeOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return String(code ?? message ?? cause);
}
