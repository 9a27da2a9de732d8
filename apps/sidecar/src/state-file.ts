import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeAtomically } from './atomic-file';
import { errorCode } from './error-code';
import { isStatement, type KeyStatement } from './key-chain';
import type { Revision } from './verify-revision';

/** What must outlive a restart. Kept beside the configuration file as `.<name>.alertagent-state.json`. */
export interface SidecarState {
  /** CLUSTER_ID when the rest was learnt: another setting starts over (but keeps the key). */
  clusterSetting: string | null;
  clusterId: string | null;
  /** The signing key that is trusted, base64 DER SPKI: the first one seen, or what followed it. */
  key: string | null;
  /** The statements that led to it from the first one, the oldest first. */
  keyChain: KeyStatement[];
  /** Keys that were trusted once and are never again, unless one of them is set. */
  retiredKeys: string[];
  /** The newest revision ever verified: nothing older is accepted. */
  highest: Revision | null;
  /** What this sidecar last put at the configuration path; anything else found there is drift. */
  onDisk: Revision | null;
  /** A replacement that was begun; settled at the next start if the process died in it. */
  writing: Revision | null;
  /** What `.<name>.last-good` holds. */
  good: Revision | null;
  /** The revision that the target (or the check tool) rejected, and how often: not tried again once `isFinal`. */
  refused: (Revision & { reason: string; isFinal?: boolean }) | null;
  /** How often the file was changed by somebody else and put right. */
  driftRepaired: number;
}

/** The state of a sidecar that never ran. */
export function emptyState(): SidecarState {
  return {
    clusterSetting: null,
    clusterId: null,
    key: null,
    keyChain: [],
    retiredKeys: [],
    highest: null,
    onDisk: null,
    writing: null,
    good: null,
    refused: null,
    driftRepaired: 0,
  };
}

/** The state file exists but cannot be trusted. Starting over silently would drop the pinned key. */
export class UnreadableState extends Error {
  constructor(path: string, cause: unknown) {
    super(`the state file ${path} cannot be read; if it is damaged, delete it (the signing key is then learnt anew)`, {
      cause,
    });
    this.name = 'UnreadableState';
  }
}

/** Path of the state file for one configuration file. */
export function statePath(configPath: string): string {
  return join(dirname(configPath), `.${basename(configPath)}.alertagent-state.json`);
}

/** Reads the state; a missing file is an empty state. Throws UnreadableState. */
export async function loadState(configPath: string): Promise<SidecarState> {
  const path = statePath(configPath);
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isState(parsed)) throw new Error('not a sidecar state');
    return { ...emptyState(), ...parsed };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return emptyState();
    throw new UnreadableState(path, error);
  }
}

/** Writes the state as safely as the configuration itself; mode 0600. */
export async function saveState(configPath: string, state: SidecarState): Promise<void> {
  await writeAtomically({
    path: statePath(configPath),
    bytes: Buffer.from(`${JSON.stringify(state, null, 2)}\n`),
    mode: 0o600,
  });
}

function isState(value: unknown): value is Partial<SidecarState> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = value as Record<string, unknown>;
  const revisions = ['highest', 'onDisk', 'writing', 'good', 'refused'].map((name) => fields[name] ?? null);
  return (
    isTextOrNull(fields['key']) &&
    isListOf(fields['keyChain'], isStatement) &&
    isListOf(fields['retiredKeys'], (key) => typeof key === 'string') &&
    isTextOrNull(fields['clusterId']) &&
    revisions.every((entry) => entry === null || isRevision(entry))
  );
}

/** A state of a former release has no such list. */
function isListOf(value: unknown, isOne: (entry: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isOne));
}

function isTextOrNull(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function isRevision(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Number.isSafeInteger(fields['revision']) && typeof fields['hash'] === 'string' && isTextOrNull(fields['etag']);
}
