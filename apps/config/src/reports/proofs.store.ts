import { AlertAgentConfig, Clock, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { ConfigKey } from '../revisions/config-key';
import { RevisionsStore } from '../revisions/revisions.store';
import { ConfigProof } from './config-proof.entity';
import { MembersStore } from './members.store';

/** How many revisions are looked through for one that was proven. */
const LOOK_BACK = 500;

/** Which revisions were proven live. */
@Injectable()
export class ProofsStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly members: MembersStore,
    private readonly revisions: RevisionsStore,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes that the revision is proven if every member that was heard of lately runs it. Called after what a member said was
   * committed: of two members that report at once, the later one then sees both.
   */
  async note(key: ConfigKey, revision: number): Promise<void> {
    const now = this.clock.now();
    const since = now.getTime() - this.config.distribution.silent_after;
    const heard = (await this.members.ofCluster(key)).filter(({ lastSeen }) => lastSeen.getTime() >= since);
    const isProven = heard.every((member) => member.revision === revision && member.state === 'live' && member.exact);
    if (heard.length === 0 || !isProven) return;
    const proof = { ...key, revision };
    if (await this.dataSource.manager.existsBy(ConfigProof, proof)) return;
    try {
      await this.dataSource.manager.insert(ConfigProof, { ...proof, provenAt: now });
    } catch (error) {
      // Another member has just said the same.
      if (!isUniqueViolation(error)) throw error;
    }
  }

  /** When the revision was first proven live; null when it never was. */
  async provenAt(key: ConfigKey, revision: number): Promise<Date | null> {
    return (await this.dataSource.manager.findOneBy(ConfigProof, { ...key, revision }))?.provenAt ?? null;
  }

  /** The newest revision before `revision` that was proven live and has another content; null when there is none. */
  async provenBefore(key: ConfigKey, revision: number, hash: string): Promise<number | null> {
    const others = await this.revisions.othersBefore(key, revision, hash, LOOK_BACK);
    const [newest] = await this.dataSource.manager.find(ConfigProof, {
      where: { ...key, revision: In(others) },
      order: { revision: 'DESC' },
      take: 1,
    });
    return newest?.revision ?? null;
  }
}
