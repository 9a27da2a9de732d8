import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { keyText, type ConfigKey } from '../revisions/config-key';
import type { Revision } from '../revisions/revision';
import { RevisionsStore } from '../revisions/revisions.store';
import { ConfigSigner } from '../signing/config-signer';
import { LongPolls } from './long-polls';
import { servedRevision, withSignature, type ServedRevision } from './served-revision';

/** Without a question for this long, a revision is dropped from memory; sidecars ask twice a minute or more often. */
const FORGET_AFTER_MS = 10 * 60_000;

interface Entry {
  served: ServedRevision;
  /** When the database last said that this is the newest one. */
  verifiedAt: number;
  askedAt: number;
}

/** What a sidecar gets, and how sure it is that nothing newer exists. */
export interface Answer {
  served: ServedRevision;
  /** Milliseconds since the database last confirmed it. */
  ageMs: number;
}

/**
 * The served revisions in memory: long polls cost no database work, and when the database is away the last ones go on
 * being served. `HeadRefresh` keeps them up to date with what other replicas publish.
 */
@Injectable()
export class ServedRevisions {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly revisions: RevisionsStore,
    private readonly signer: ConfigSigner,
    private readonly polls: LongPolls,
    private readonly clock: Clock,
  ) {}

  /** The revision to serve; null when there is none. Errors: ServiceError `unavailable` when only the database would know. */
  async current(key: ConfigKey): Promise<Answer | null> {
    const entry = this.entries.get(keyText(key)) ?? (await this.load(key));
    return entry && this.answer(entry);
  }

  /** The same from memory; null when it is not there. */
  remembered(key: ConfigKey): Answer | null {
    const entry = this.entries.get(keyText(key));
    return entry ? this.answer(entry) : null;
  }

  /** The number in memory; 0 when there is none. */
  knownNumber(key: ConfigKey): number {
    return this.entries.get(keyText(key))?.served.revision ?? 0;
  }

  /** Everything in memory. */
  known(): ConfigKey[] {
    return [...this.entries.values()].map(({ served: { clusterId, type } }) => ({ clusterId, type }));
  }

  /** Takes in a revision that has just been published and wakes those who wait for it. */
  async publish(revision: Revision): Promise<void> {
    if (revision.keyId === null) throw new Error(`revision ${revision.id} is not signed`);
    this.put(this.renewed(servedRevision(revision, await this.signer.publicKey(revision.keyId))));
  }

  /** Reads the served revision from the database. */
  async load(key: ConfigKey): Promise<Entry | null> {
    const row = await this.revisions.served(key);
    if (!row?.keyId) return null;
    return this.put(this.renewed(servedRevision(row, await this.signer.publicKey(row.keyId))));
  }

  /** The database said a moment ago that this number is the newest. */
  confirm(key: ConfigKey, revision: number): void {
    const entry = this.entries.get(keyText(key));
    if (entry?.served.revision === revision) entry.verifiedAt = this.clock.now().getTime();
  }

  /** After a rotation: what is in memory is served under the new key from now on, and those who wait learn of it. */
  resign(): void {
    for (const entry of this.entries.values()) {
      const renewed = this.renewed(entry.served);
      if (renewed === entry.served) continue;
      entry.served = renewed;
      this.polls.wake(renewed);
    }
  }

  /** Stops serving everything of a cluster. */
  drop(clusterId: string): void {
    for (const key of this.known().filter((known) => known.clusterId === clusterId)) {
      this.entries.delete(keyText(key));
      this.polls.wake(key);
    }
  }

  /** Makes room: forgets what nobody asks for any more. */
  forgetUnasked(): void {
    const oldest = this.clock.now().getTime() - FORGET_AFTER_MS;
    for (const [text, entry] of this.entries) if (entry.askedAt < oldest) this.entries.delete(text);
  }

  private renewed(served: ServedRevision): ServedRevision {
    const signed = this.signer.renew(served);
    return signed.keyId === served.keyId ? served : withSignature(served, signed);
  }

  private answer(entry: Entry): Answer {
    const now = this.clock.now().getTime();
    entry.askedAt = now;
    return { served: entry.served, ageMs: now - entry.verifiedAt };
  }

  private put(served: ServedRevision): Entry {
    const now = this.clock.now().getTime();
    const text = keyText(served);
    const known = this.entries.get(text);
    // A slow read must not undo a publication that came while it was under way.
    if (known && known.served.revision >= served.revision) return known;
    const entry: Entry = { served, verifiedAt: now, askedAt: known?.askedAt ?? now };
    this.entries.set(text, entry);
    this.polls.wake(served);
    return entry;
  }
}
