import type { EventContract, MemberReported } from '@alertagent/contracts';
import { inTransaction, isUniqueViolation, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ConfigKey } from '../revisions/config-key';
import { isChange } from './is-change';
import type { Member } from './member.entity';
import { MemberChangesStore } from './member-changes.store';
import { HISTORY_WENT_ON, MembersStore, type MemberStanding } from './members.store';
import { ProofsStore } from './proofs.store';

/** What a report changes: the member's row and the event about it, together. */
export interface ReportRecord {
  key: ConfigKey;
  known: Member | null;
  standing: MemberStanding;
  contract: EventContract<MemberReported>;
  event: MemberReported;
}

/** Writes down what members say, and what is proven by it. */
@Injectable()
export class MemberRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly members: MembersStore,
    private readonly proofs: ProofsStore,
    private readonly changes: MemberChangesStore,
    private readonly outbox: Outbox,
  ) {}

  /** The member's row; null before its first report. */
  find(key: ConfigKey, member: string): Promise<Member | null> {
    return this.members.find(this.dataSource.manager, key, member);
  }

  /** Errors: ServiceError `unavailable`; the sidecar then reports again. */
  async write(record: ReportRecord): Promise<void> {
    try {
      await this.commit(record);
    } catch (error) {
      if (record.known || !isUniqueViolation(error)) throw error;
      // Two first reports at once: the other one has made the row.
      await this.commit({ ...record, known: await this.find(record.key, record.event.member) });
    }
    const { state, revision, exact } = record.standing;
    if (state === 'live' && exact && revision !== null) await this.proofs.note(record.key, revision);
  }

  /** Writes a report about the past: into the history, and nowhere else. Errors: ServiceError `unavailable`. */
  async writePast(key: ConfigKey, member: string, standing: MemberStanding, ageMs: number): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const before = await this.changes.lastUntil(tx, key, member, standing.lastSeen);
      if (!isChange(before, standing)) return;
      await this.changes.add(tx, key, member, standing, ageMs);
      await this.members.historyWentOn(tx, key, member);
    });
  }

  private async commit({ key, known, standing, contract, event }: ReportRecord): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      if (known) await this.members.update(tx, known.id, standing);
      else await this.members.add(tx, key, event.member, standing);
      // The history may have gone on, by reports about the past, since the row was written.
      const isBehind = known?.reportHash === HISTORY_WENT_ON;
      const before = isBehind ? await this.changes.lastUntil(tx, key, event.member, standing.lastSeen) : known;
      if (isChange(before, standing)) await this.changes.add(tx, key, event.member, standing);
      await this.outbox.add(tx, contract, event);
    });
  }
}
