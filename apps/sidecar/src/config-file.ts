import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { temporaryPrefix, writeAtomically } from './atomic-file';
import { readOrNull } from './file-place';
import type { KeyStatement } from './key-chain';
import type { Place } from './place';
import { emptyState, loadState, saveState, statePath, type SidecarState } from './state-file';
import { sha256, type Revision, type VerifiedRevision } from './verify-revision';

/** The target's file at its place, its last good copy, and what is known about both. Copy and state are beside `path`. */
export class ConfigFile {
  private constructor(
    readonly path: string,
    private readonly current: SidecarState,
    private readonly place: Place,
  ) {}

  /**
   * Reads the state and settles a replacement that a crash interrupted. The write lock must be held.
   * Throws UnreadableState.
   */
  static async open(options: { path: string; clusterSetting: string; place: Place }): Promise<ConfigFile> {
    const loaded = await loadState(options.path);
    const isOther = loaded.clusterSetting !== null && loaded.clusterSetting !== options.clusterSetting;
    const state = {
      ...(isOther ? { ...emptyState(), ...keysOf(loaded) } : loaded),
      clusterSetting: options.clusterSetting,
    };
    const file = new ConfigFile(options.path, state, options.place);
    await file.removeLeftovers();
    await file.settleInterruptedWrite();
    return file;
  }

  /** What is known. Only the methods below change it. */
  get state(): Readonly<SidecarState> {
    return this.current;
  }

  /** What the target is given to read, null when there is nothing. */
  async read(): Promise<Buffer | null> {
    return this.place.read();
  }

  /** SHA-256 of the file, null when there is none. */
  async hash(): Promise<string | null> {
    const bytes = await this.read();
    return bytes === null ? null : sha256(bytes);
  }

  /** Notes that a revision was verified: from here on nothing older is accepted. Kept by the next write of the state. */
  noteVerified(verified: VerifiedRevision): void {
    this.current.highest = stamp(verified);
    this.current.clusterId = verified.clusterId;
    if (this.current.key !== verified.key) this.startChain(verified.key);
  }

  /** Trusts the key that these statements lead to from the one that was trusted, and that one and those between never again. */
  async followKeys(from: string, steps: readonly KeyStatement[]): Promise<void> {
    if (this.current.key !== from) this.startChain(from);
    this.current.keyChain = [...this.current.keyChain, ...steps];
    this.current.key = steps.at(-1)?.key ?? from;
    this.retire(steps.map(({ previous }) => previous));
    await this.save();
  }

  /**
   * Replaces the file. `check` may refuse the complete temporary file by throwing. On any error the old file is in
   * place. A file that was there before AlertAgent came is kept as the last good one.
   */
  async put(bytes: Buffer, revision: Revision, check?: (temporaryPath: string) => Promise<void>): Promise<void> {
    await this.keepForeignFile();
    this.current.writing = stamp(revision);
    try {
      await this.save();
      await this.place.put(bytes, check);
      this.current.onDisk = this.current.writing;
    } finally {
      this.current.writing = null;
    }
    await this.save();
  }

  /** The file already has the content of this revision: only its number moves on. */
  async restamp(revision: Revision): Promise<void> {
    this.current.onDisk = stamp(revision);
    if (this.current.good?.hash === revision.hash) this.current.good = stamp(revision);
    await this.save();
  }

  /** Keeps the content on disk as the one to come back to: the target is proven to run it. */
  async keepAsGood(bytes: Buffer): Promise<void> {
    await writeAtomically({ path: this.goodPath(), bytes, mode: 0o600 });
    this.current.good = this.current.onDisk;
    await this.save();
  }

  /** The last good content, null when there is none or its copy was changed. */
  async lastGood(): Promise<{ bytes: Buffer; revision: Revision } | null> {
    const revision = this.current.good;
    const bytes = revision && (await readOrNull(this.goodPath()));
    return revision && bytes && sha256(bytes) === revision.hash ? { bytes, revision } : null;
  }

  /** AlertAgent's own content that the target was proven to run last, or else was given last; null when there is none of it. */
  async live(): Promise<Buffer | null> {
    const good = await this.lastGood();
    if (good !== null && good.revision.revision > 0) return good.bytes;
    const { onDisk } = this.current;
    const bytes = onDisk !== null && onDisk.revision > 0 ? await this.read() : null;
    return bytes !== null && sha256(bytes) === onDisk?.hash ? bytes : null;
  }

  /**
   * Notes that a revision was judged bad and answers whether that is final, so that it is not tried again. A target's first
   * verdict is not: something else that was wrong may just have been put right, between its two reloads.
   */
  async refuse(revision: Revision, reason: string, by: 'target' | 'check'): Promise<boolean> {
    const isFinal = by === 'check' || isSame(this.current.refused, revision);
    this.current.refused = { ...stamp(revision), reason, isFinal };
    await this.save();
    return isFinal;
  }

  /** Whether this revision was judged bad for good. */
  isRefused(revision: Revision): boolean {
    const { refused } = this.current;
    // A state of a former release knows final verdicts only.
    return isSame(refused, revision) && refused?.isFinal !== false;
  }

  /** Counts a repair of a file that somebody else changed. */
  async countDrift(): Promise<void> {
    this.current.driftRepaired += 1;
    await this.save();
  }

  /** Writes the state. */
  async save(): Promise<void> {
    await saveState(this.path, this.current);
  }

  /** A key that was set, or the first one seen, follows nothing. */
  private startChain(key: string): void {
    const { key: former } = this.current;
    this.current.key = key;
    this.current.keyChain = [];
    if (former !== null) this.retire([former]);
  }

  private retire(keys: readonly string[]): void {
    const all = new Set([...this.current.retiredKeys, ...keys]);
    if (this.current.key !== null) all.delete(this.current.key);
    this.current.retiredKeys = [...all];
  }

  private goodPath(): string {
    return join(dirname(this.path), `.${basename(this.path)}.last-good`);
  }

  private async keepForeignFile(): Promise<void> {
    if (this.current.onDisk !== null || this.current.good !== null) return;
    const bytes = await this.read();
    if (bytes === null || bytes.length === 0) return;
    await writeAtomically({ path: this.goodPath(), bytes, mode: 0o600 });
    this.current.good = { revision: 0, hash: sha256(bytes), etag: null };
  }

  private async settleInterruptedWrite(): Promise<void> {
    const { writing } = this.current;
    if (writing === null) return;
    if ((await this.hash()) === writing.hash) this.current.onDisk = writing;
    this.current.writing = null;
    await this.save();
  }

  private async removeLeftovers(): Promise<void> {
    const prefixes = [this.path, this.goodPath(), statePath(this.path)].map(temporaryPrefix);
    for (const name of await readdir(dirname(this.path))) {
      if (prefixes.some((prefix) => name.startsWith(prefix))) await rm(join(dirname(this.path), name), { force: true });
    }
  }
}

function keysOf({ key, keyChain, retiredKeys }: SidecarState): Pick<SidecarState, 'key' | 'keyChain' | 'retiredKeys'> {
  return { key, keyChain, retiredKeys };
}

function isSame(one: Revision | null, other: Revision): boolean {
  return one?.revision === other.revision && one.hash === other.hash;
}

function stamp({ revision, hash, etag, signedBy }: Revision): Revision {
  return { revision, hash, etag, ...(signedBy ? { signedBy } : {}) };
}
