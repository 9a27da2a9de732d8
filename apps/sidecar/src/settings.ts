import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { readDuration, readListenAddress, readUrl, type ListenAddress, type Problem } from './setting-readers';
import { readReloadUrls, readTransport, type ConfigMapName, type Transport } from './transport-settings';

/** The two kinds of files a sidecar can keep, as the config service names them. */
export type ConfigType = 'prometheus-rules' | 'alertmanager-config';

/** The programs that read such a file; vmalert reads Prometheus' rules and is reloaded in its own way. */
export type TargetKind = 'prometheus' | 'vmalert' | 'alertmanager';

/** Everything the sidecar needs to know before it starts. */
export interface Settings {
  /** Base address of AlertAgent (or of its config service) without a trailing slash in its path. */
  endpoint: URL;
  /** Id or name of the cluster whose configuration this is. */
  clusterId: string;
  type: ConfigType;
  target: TargetKind;
  /** Absolute path of the file that the target reads; links are resolved so that a rename never replaces a link. */
  configPath: string;
  transport: Transport;
  /** The ConfigMap that the target mounts; null for the other transports. */
  configMap: ConfigMapName | null;
  /** How long what was put in place may need to reach the target, in ms; 0 = the target sees it at once. */
  arrivalMs: number;
  /** The `/-/reload` of each target that reads the file. */
  reloadUrls: readonly [URL, ...URL[]];
  /** Time between heartbeats and longest time between looks at the file, in ms. */
  syncIntervalMs: number;
  /** How long a reload, and the proof after it, may take, in ms. */
  reloadTimeoutMs: number;
  /** Sync token of the cluster. Never logged. */
  token: string;
  /** Name of this target among the members of its cluster. */
  member: string;
  /** Base64 DER SPKI of the signing key where trust begins; null = the first key seen is pinned in the state file. */
  pinnedKey: string | null;
  /** Whether AlertAgent is told what fires; only the one beside an Alertmanager can, since only that knows what is routed where. */
  sendsFiringSet: boolean;
  /** Where the sidecar's own `/metrics` is served; null = nowhere. */
  metricsAddress: ListenAddress | null;
}

/** The environment cannot be used; `problems` lists everything that is wrong with it at once. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

const TARGETS: Readonly<Record<string, TargetKind>> = {
  prometheus: 'prometheus',
  'prometheus-rules': 'prometheus',
  vmalert: 'vmalert',
  alertmanager: 'alertmanager',
  'alertmanager-config': 'alertmanager',
};
const FILE_NAMES: Readonly<Record<ConfigType, string>> = {
  'prometheus-rules': 'alertagent.rules.yml',
  'alertmanager-config': 'alertmanager.yml',
};

/** Reads and checks the environment. Throws SettingsError with every problem; never repeats the token. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const problem = (text: string): null => {
    problems.push(text);
    return null;
  };
  const required = (name: string, meaning: string): string | null =>
    env[name]?.trim() || problem(`${name} is not set (${meaning})`);

  const endpoint = readUrl(
    'ALERTAGENT_ENDPOINT',
    required('ALERTAGENT_ENDPOINT', 'address of AlertAgent, e.g. http://alertagent:8080'),
    problem,
  );
  const clusterId = required('CLUSTER_ID', 'id or name of the cluster in AlertAgent');
  const targetName = required('CONFIG_TYPE', 'prometheus, vmalert or alertmanager');
  const target =
    targetName === null
      ? null
      : (TARGETS[targetName] ?? problem(`CONFIG_TYPE is none of prometheus, vmalert and alertmanager`));
  const type = target && (target === 'alertmanager' ? 'alertmanager-config' : 'prometheus-rules');
  const rawPath = required('CONFIG_PATH', 'the file that the target reads, or its directory');
  const configPath = rawPath === null || type === null ? null : readConfigPath(rawPath, type, problem);
  const transport = readTransport(env, problem);
  const reloadUrls = readReloadUrls(required('RELOAD_URL', 'e.g. http://localhost:9090/-/reload'), transport, problem);
  const syncIntervalMs = readDuration('SYNC_INTERVAL', env['SYNC_INTERVAL'] || '30s', problem);
  const reloadTimeoutMs = readDuration('RELOAD_TIMEOUT', env['RELOAD_TIMEOUT'] || '30s', problem);
  const token = readToken(env, problem);
  const pinnedKey = readPinnedKey(env['ALERTAGENT_CONFIG_PUBLIC_KEY'], problem);
  const isOn = readSwitch('ALERTAGENT_FIRING_SET', env['ALERTAGENT_FIRING_SET'], problem);
  const metricsAddress = readListenAddress('ALERTAGENT_METRICS_LISTEN', env['ALERTAGENT_METRICS_LISTEN'], problem);

  if (
    problems.length > 0 ||
    !endpoint ||
    !clusterId ||
    !type ||
    !target ||
    !configPath ||
    !reloadUrls ||
    !transport ||
    transport.arrivalMs === null ||
    !syncIntervalMs ||
    !reloadTimeoutMs ||
    !token
  ) {
    throw new SettingsError(problems);
  }
  const [{ port, protocol }] = reloadUrls;
  const member = env['MEMBER_NAME']?.trim() || `${hostname()}:${port || (protocol === 'https:' ? '443' : '80')}`;
  return {
    endpoint,
    clusterId,
    type,
    target,
    configPath,
    transport: transport.transport,
    configMap: transport.configMap,
    arrivalMs: transport.arrivalMs,
    reloadUrls,
    syncIntervalMs,
    reloadTimeoutMs,
    token,
    member,
    pinnedKey,
    sendsFiringSet: isOn === true && type === 'alertmanager-config',
    metricsAddress,
  };
}

function readConfigPath(raw: string, type: ConfigType, problem: Problem): string | null {
  const given = resolve(raw);
  const path = existsSync(given) && statSync(given).isDirectory() ? join(given, FILE_NAMES[type]) : given;
  if (!existsSync(dirname(path))) return problem(`CONFIG_PATH: the directory ${dirname(path)} does not exist`);
  if (existsSync(path) && !statSync(path).isFile()) return problem(`CONFIG_PATH: ${path} is not a file`);
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

function readSwitch(name: string, text: string | undefined, problem: Problem): boolean | null {
  const value = text?.trim() || 'on';
  return value === 'on' || value === 'off' ? value === 'on' : problem(`${name} is neither on nor off`);
}

function readToken(env: Readonly<Record<string, string | undefined>>, problem: Problem): string | null {
  const direct = env['ALERTAGENT_TOKEN']?.trim();
  const path = env['ALERTAGENT_TOKEN_FILE'];
  if (direct && path) return problem('ALERTAGENT_TOKEN and ALERTAGENT_TOKEN_FILE are both set; keep one');
  const token = path ? readTokenFile(path) : direct;
  if (token === null) return problem(`ALERTAGENT_TOKEN_FILE: ${path} cannot be read`);
  if (!token)
    return problem(
      'ALERTAGENT_TOKEN is not set (the sync token of the cluster, or ALERTAGENT_TOKEN_FILE with its path)',
    );
  return /^[\x21-\x7e]+$/.test(token) ? token : problem('the token holds characters that no token has');
}

function readTokenFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function readPinnedKey(text: string | undefined, problem: Problem): string | null {
  if (!text?.trim()) return null;
  const key = publicKeyFrom(text.trim());
  return key === null
    ? problem('ALERTAGENT_CONFIG_PUBLIC_KEY is not an Ed25519 public key (base64 of its DER form)')
    : text.trim();
}

/** The Ed25519 public key written as base64 of its DER SPKI form; null when the text is not one. */
export function publicKeyFrom(base64: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}
