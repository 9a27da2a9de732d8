import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const USAGE = `usage: alertagent-mcp [options]

Serves AlertAgent to a language model over the Model Context Protocol: on standard input and output, or over HTTP.

  --http <host:port>       serve streamable HTTP at /mcp; each caller brings the token of an own user
  --allow-host <host:port> one more Host header to answer with --http; may be repeated
  --allow-origin <origin>  a page that may call with --http; may be repeated
  --allow-writes           offer the tools that change something; approving stays with people
  --help

  ALERTAGENT_URL           address of AlertAgent (http://127.0.0.1:8080)
  ALERTAGENT_TOKEN         token of the API, not with --http; what it may do, the tools may do
  ALERTAGENT_TOKEN_FILE    a file with it instead
`;

/** How the server is to run. */
export interface Settings {
  url: string;
  allowWrites: boolean;
  /** Null for HTTP, where each caller brings one. */
  token: string | null;
  http: { host: string; port: number; allowedHosts: string[]; allowedOrigins: string[] } | null;
}

/** A setting that cannot be; the message says what to do. */
export class SettingsError extends Error {}

/** Reads arguments and environment; null when only help is asked for. Errors: SettingsError. */
export function readSettings(argv: readonly string[], env: NodeJS.ProcessEnv): Settings | null {
  const values = parse(argv);
  if (values.help) return null;
  const url = (env['ALERTAGENT_URL'] || 'http://127.0.0.1:8080').replace(/\/+$/, '');
  if (!/^https?:\/\/[^\s/?#@]+[^\s?#@]*$/.test(url))
    throw new SettingsError('ALERTAGENT_URL must be http(s)://host:port, without a user name');
  const http = values.http === undefined ? null : httpOf(values.http, values['allow-host'], values['allow-origin']);
  return { url, allowWrites: values['allow-writes'], token: http === null ? tokenOf(env) : null, http };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        http: { type: 'string' },
        'allow-host': { type: 'string', multiple: true, default: [] },
        'allow-origin': { type: 'string', multiple: true, default: [] },
        'allow-writes': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new SettingsError((error as Error).message);
  }
}

function httpOf(address: string, hosts: string[], origins: string[]): Settings['http'] {
  const match = /^(.+):(\d{1,5})$/.exec(address);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) throw new SettingsError('--http takes host:port, e.g. 127.0.0.1:8077');
  return { host: match[1]!.replace(/^\[|\]$/g, ''), port, allowedHosts: [address, ...hosts], allowedOrigins: origins };
}

function tokenOf(env: NodeJS.ProcessEnv): string {
  const file = env['ALERTAGENT_TOKEN'] ? undefined : env['ALERTAGENT_TOKEN_FILE'];
  let text = env['ALERTAGENT_TOKEN'];
  try {
    if (file) text = readFileSync(file, 'utf8').trim();
  } catch {
    throw new SettingsError(`the file ${file} of ALERTAGENT_TOKEN_FILE cannot be read`);
  }
  if (!text) throw new SettingsError('no token: set ALERTAGENT_TOKEN or ALERTAGENT_TOKEN_FILE');
  if (!/^[\x21-\x7e]+$/.test(text)) throw new SettingsError('the token has characters no token has');
  return text;
}
