import type { Actor } from '@alertagent/contracts';
import { AuditLog, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ClusterMembers } from './member';

/** What is done to a silence. */
export type SilenceAction = 'create' | 'change' | 'expire';

/** Which silence, by whom. */
export interface SilenceSubject {
  cluster: ClusterMembers;
  actor: Actor;
  /** Its id, or its marker as long as it has none. */
  silence: string;
}

const DONE = { create: 'silence.created', change: 'silence.changed', expire: 'silence.expired' } as const;

/**
 * The audit record of what is written to Alertmanagers. They know no transactions of ours, so it is written down before that it will be tried, and afterwards how that went: what was sent
 * is on record whatever happens in between.
 */
@Injectable()
export class SilenceAudit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /** Does the work between the two entries. Errors: those of the work; nothing is done when the first entry cannot be written. */
  async around<T extends object>(
    action: SilenceAction,
    subject: SilenceSubject,
    { before, after }: { before: object | null; after: object | null },
    work: () => Promise<T>,
  ): Promise<T> {
    await this.record(`silence.${action}-requested`, subject, before, after);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 400) : 'failed';
      await this.record(`silence.${action}-failed`, subject, before, { reason });
      throw error;
    }
    await this.record(DONE[action], subject, before, result);
    return result;
  }

  private async record(
    action: string,
    { cluster, actor, silence }: SilenceSubject,
    before: object | null,
    after: object | null,
  ) {
    const where = { cluster_id: cluster.id, cluster: cluster.name };
    await inTransaction(this.dataSource, (tx) =>
      this.audit.record(tx, {
        action,
        actor,
        resource_type: 'silence',
        resource_id: silence,
        before: before && { ...where, ...before },
        after: after && { ...where, ...after },
      }),
    );
  }
}
