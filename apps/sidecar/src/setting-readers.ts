import { parseGoDuration } from './go-duration';

/** Notes what is wrong with a setting; answers null in the place of its value. */
export type Problem = (text: string) => null;

/** An address of HTTP without slashes at the end of its path. */
export function readUrl(name: string, value: string | null, problem: Problem): URL | null {
  if (value === null) return null;
  if (!URL.canParse(value)) return problem(`${name} is not a URL`);
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return problem(`${name} must start with http:// or https://`);
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** A duration such as `30s`, in ms. */
export function readDuration(name: string, text: string, problem: Problem): number | null {
  const ms = parseGoDuration(text);
  if (ms === null) return problem(`${name} is not a duration such as 30s or 1m30s`);
  return ms >= 100 && ms <= 3_600_000 ? ms : problem(`${name} must be between 100ms and 1h`);
}

/** Where a server listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** `<host>:<port>`, e.g. `127.0.0.1:9099` or `[::1]:9099`; null when it is not set. */
export function readListenAddress(name: string, text: string | undefined, problem: Problem): ListenAddress | null {
  const value = text?.trim();
  if (!value) return null;
  const [, v6, plain, port] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = v6 ?? plain;
  if (host === undefined || Number(port) > 65_535) return problem(`${name} is not <host>:<port>, e.g. 127.0.0.1:9099`);
  return { host, port: Number(port) };
}
