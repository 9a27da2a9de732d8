import { createHash, verify } from 'node:crypto';
import { headerOf, type ExchangeAnswer } from './http-exchange';
import { keyFingerprint } from './key-fingerprint';
import { publicKeyFrom, type ConfigType } from './settings';

/** Which content: its place in the row of revisions, its SHA-256 (hex) and the tag to ask for changes with. */
export interface Revision {
  /** Grows by every change; 0 = content that did not come from AlertAgent. */
  revision: number;
  hash: string;
  etag: string | null;
  /** Fingerprint of the key that it was verified with; absent for content of others and from a former release. */
  signedBy?: string | null;
}

/** A download whose signature, length and hash hold. `rules` still has to be compared with the parsed body. */
export interface VerifiedRevision extends Revision {
  clusterId: string;
  /** Base64 DER SPKI of the key that signed it. */
  key: string;
  body: Buffer;
  rules: number;
  emptyConfirmed: boolean;
  /** SHA-256 of the contents that it may follow although it lacks many of their rules. */
  confirmedFrom: string[];
}

/** Which keys count. */
export interface KeysOfTrust {
  /** The only one that is trusted; null before the first download. */
  pinnedKey: string | null;
  /** Those that were trusted before it, and are not any more. */
  retiredKeys: readonly string[];
}

/** What this sidecar already trusts and knows. */
export interface Trust extends KeysOfTrust {
  type: ConfigType;
  /** CLUSTER_ID as configured: an id or a name. */
  clusterSetting: string;
  /** The id learnt from the first verified download, null before it. */
  clusterId: string | null;
  /** The newest revision ever verified. */
  highest: Revision | null;
}

/** A download that must not be used. The message says what was wrong, without quoting the body. */
export class RefusedRevision extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RefusedRevision';
  }
}

/** SHA-256 in hex, the form of hash used on the wire and in the state file. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes that the config service signs for one revision. */
export function signedText(config: {
  clusterId: string;
  type: ConfigType;
  revision: number;
  hash: string;
  length: number;
  rules: number;
  emptyConfirmed: boolean;
}): Buffer {
  const empty = config.emptyConfirmed ? 'confirmed' : '';
  return Buffer.from(
    [
      'alertagent-config-v1',
      config.clusterId,
      config.type,
      config.revision,
      config.hash,
      config.length,
      config.rules,
      empty,
    ].join('\n'),
    'utf8',
  );
}

/** The bytes that the config service signs for the removal of many rules. */
export function removalText(config: {
  clusterId: string;
  type: ConfigType;
  revision: number;
  hash: string;
  confirmedFrom: readonly string[];
}): Buffer {
  const { clusterId, type, revision, hash, confirmedFrom } = config;
  return Buffer.from(['alertagent-removal-v1', clusterId, type, revision, hash, ...confirmedFrom].join('\n'), 'utf8');
}

/**
 * Checks a 200 answer of the config service before a byte of it is used: form, hash, signing key, signature,
 * cluster, and that revisions never go back. Throws RefusedRevision.
 */
export function verifyRevision(answer: ExchangeAnswer, trust: Trust): VerifiedRevision {
  const read = (name: string): string => {
    const value = headerOf(answer.headers, name);
    if (!value)
      throw new RefusedRevision(`the answer lacks ${name}: it does not come from AlertAgent (${contentType(answer)})`);
    return value;
  };
  if (answer.body.length === 0) throw new RefusedRevision('the body is empty');
  const config: VerifiedRevision = {
    clusterId: read('x-config-cluster'),
    key: read('x-config-key'),
    hash: read('x-config-hash'),
    revision: wholeNumber('x-config-revision', read('x-config-revision')),
    rules: wholeNumber('x-config-rules', read('x-config-rules')),
    emptyConfirmed: headerOf(answer.headers, 'x-config-empty') === 'confirmed',
    confirmedFrom: headerOf(answer.headers, 'x-config-removal')?.split(',') ?? [],
    etag: headerOf(answer.headers, 'etag') ?? null,
    body: answer.body,
  };
  if (sha256(answer.body) !== config.hash)
    throw new RefusedRevision(`the body does not have the announced hash (${answer.body.length} bytes received)`);
  checkKey(config.key, trust);
  const isSigned = signedBy(config.key);
  const text = signedText({ ...config, type: trust.type, length: config.body.length });
  if (!isSigned(text, read('x-config-signature'))) throw new RefusedRevision('the signature does not match the body');
  if (config.confirmedFrom.length > 0) {
    if (!isSigned(removalText({ ...config, type: trust.type }), read('x-config-removal-signature')))
      throw new RefusedRevision('the signature does not match the removal that is said to be confirmed');
  }
  config.signedBy = keyFingerprint(config.key);
  checkCluster(config, trust);
  checkOrder(config, trust.highest);
  if (trust.type === 'prometheus-rules' && config.rules === 0 && !config.emptyConfirmed) {
    throw new RefusedRevision('the revision holds no rules and nobody confirmed that all rules are to go');
  }
  return config;
}

function contentType(answer: ExchangeAnswer): string {
  return (headerOf(answer.headers, 'content-type') ?? 'no content type').slice(0, 60);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new RefusedRevision(`${name} is not a whole number`);
  return value;
}

/** Throws RefusedRevision for every key but the trusted one. */
export function checkKey(key: string, { pinnedKey, retiredKeys }: KeysOfTrust): void {
  if (pinnedKey === null || pinnedKey === key) return;
  throw new RefusedRevision(
    retiredKeys.includes(key)
      ? 'the revision is signed with a key that was retired; if a backup of AlertAgent was restored from before that, delete the state file'
      : 'the revision is signed with another key than the pinned one, and no statement of that one leads to it; if AlertAgent was re-installed, delete the state file or set ALERTAGENT_CONFIG_PUBLIC_KEY',
  );
}

function signedBy(keyText: string): (text: Buffer, signature: string) => boolean {
  const key = publicKeyFrom(keyText);
  if (key === null) throw new RefusedRevision('x-config-key is not an Ed25519 public key');
  return (text, signature) => verify(null, text, key, Buffer.from(signature, 'base64'));
}

function checkCluster(config: VerifiedRevision, trust: Trust): void {
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(trust.clusterSetting);
  if (isId && config.clusterId !== trust.clusterSetting)
    throw new RefusedRevision('the revision is meant for another cluster');
  if (trust.clusterId !== null && config.clusterId !== trust.clusterId) {
    throw new RefusedRevision('the cluster has another id than before; if it was created anew, delete the state file');
  }
}

function checkOrder(config: VerifiedRevision, highest: Revision | null): void {
  if (highest === null) return;
  if (config.revision < highest.revision)
    throw new RefusedRevision(
      `revision ${config.revision} is older than revision ${highest.revision}, which was already received`,
    );
  if (config.revision === highest.revision && config.hash !== highest.hash)
    throw new RefusedRevision(`revision ${config.revision} came with another content before`);
}
