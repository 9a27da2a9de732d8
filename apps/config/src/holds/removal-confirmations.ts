import { ServiceError, type ConfirmRemoval } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { MembersStore } from '../reports/members.store';
import type { ConfigKey } from '../revisions/config-key';
import { HoldsStore } from '../revisions/holds.store';
import { RevisionsStore } from '../revisions/revisions.store';

/** Most contents of members that one confirmation names. */
const MAX_NAMED = 16;

/** A file that a person looked at. */
interface NamedFile {
  hash: string;
  rules: number;
  /** SHA-256 of what the members have instead. */
  from: string[];
}

/**
 * Takes the word of a person that many rules may go from a cluster: of a revision that was refused here, or of the served one
 * where sidecars refuse it. It holds for exactly that file, and names what the members have now.
 */
@Injectable()
export class RemovalConfirmations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly holds: HoldsStore,
    private readonly revisions: RevisionsStore,
    private readonly members: MembersStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found` unless the revision was refused, or is served and some member has another file. */
  async confirm(clusterId: string, { revision, actor }: Pick<ConfirmRemoval, 'revision' | 'actor'>): Promise<void> {
    const key: ConfigKey = { clusterId, type: 'prometheus-rules' };
    const reported = (await this.members.ofCluster(key)).flatMap(({ hash, loadedHash }) => [hash, loadedHash]);
    await inTransaction(this.dataSource, async (tx) => {
      const file = await this.named(tx, key, revision, reported);
      if (!file) throw new ServiceError('not_found', 'no revision of that number waits for a confirmation');
      await this.holds.confirm(tx, key, file, this.clock.now());
      await this.audit.record(tx, {
        actor,
        action: 'config.confirm_removal',
        resource_type: 'config',
        resource_id: `${key.clusterId}/${key.type}`,
        after: { revision, hash: file.hash, rules: file.rules, from: file.from },
      });
    });
  }

  private async named(
    tx: EntityManager,
    key: ConfigKey,
    revision: number,
    reported: readonly (string | null)[],
  ): Promise<NamedFile | null> {
    const refused = await this.revisions.refused(tx, key, revision);
    const file = refused ?? (await this.revisions.servedNumber(tx, key, revision));
    if (!file?.hash) return null;
    const { hash, rules } = file;
    const others = reported.filter((one): one is string => one !== null && /^[0-9a-f]{64}$/.test(one) && one !== hash);
    const from = [...new Set(others)].slice(0, MAX_NAMED);
    return refused || from.length > 0 ? { hash, rules, from } : null;
  }
}
