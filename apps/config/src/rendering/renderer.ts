import { ServiceError } from '@alertagent/contracts';
import { isUniqueViolation, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { FileChecker } from '../checking/file-checker';
import type { RenderOutcome } from '../config-metrics';
import type { ConfigKey } from '../revisions/config-key';
import { RevisionsStore, type ConfigHistory } from '../revisions/revisions.store';
import { ServedRevisions } from '../serving/served-revisions';
import { decideRevision } from './decide-revision';
import { DesiredFiles, type DesiredFile } from './desired-file';
import { RevisionWriter } from './revision-writer';
import { newcomers } from './rule-changes';

/** How often one render starts over because another replica published meanwhile. */
const MAX_ATTEMPTS = 5;

const MAX_REASON = 2_000;

/** Brings what is served in line with what a cluster should run. Doing it twice does nothing the second time. */
@Injectable()
export class Renderer {
  private readonly log: Logger;

  constructor(
    private readonly desired: DesiredFiles,
    private readonly checker: FileChecker,
    private readonly revisions: RevisionsStore,
    private readonly writer: RevisionWriter,
    private readonly served: ServedRevisions,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('rendering');
  }

  /** Errors: ServiceError `unavailable` or `deadline` when an owner, the database or a checking tool can't answer now. */
  async render(key: ConfigKey): Promise<Exclude<RenderOutcome, 'error'>> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      // The history comes first: a render from an older look at the world then finds its number taken.
      const history = await this.revisions.history(key);
      if (history.isRetired) return 'skipped';
      const desired = await this.desired.ask(key);
      if (!desired) return 'skipped';
      try {
        return await this.settle(key, history, desired);
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
      }
    }
    throw new ServiceError('unavailable', 'other replicas kept publishing; try again');
  }

  private async settle(
    key: ConfigKey,
    history: ConfigHistory,
    desired: DesiredFile,
  ): Promise<Exclude<RenderOutcome, 'error'>> {
    const decision = decideRevision(key.type, history, desired);
    if (decision.kind === 'leave') return decision.outcome;
    if (decision.kind === 'refuse') return this.refuse(key, history, desired, decision.reason);
    const { content, hash, emptyConfirmed } = decision;
    const verdict = await this.checker.check(key.type, content, desired.manifest.length);
    if (verdict.kind === 'refused') return this.refuse(key, history, desired, verdict.reason);
    const revision = await this.writer.publish(key, history.lastRevision + 1, {
      content,
      hash,
      emptyConfirmed,
      manifest: desired.manifest,
    });
    await this.served.publish(revision);
    this.log.info(
      { cluster_id: key.clusterId, type: key.type, revision: revision.revision, rules: revision.rules },
      'Revision published',
    );
    return 'published';
  }

  private async refuse(key: ConfigKey, history: ConfigHistory, desired: DesiredFile, why: string): Promise<'refused'> {
    const reason = why.slice(0, MAX_REASON).toWellFormed();
    const { content, hash } = desired.kind === 'rendered' ? desired : { content: '', hash: '' };
    // Each event about the cluster comes here again until the cause is gone; saying it once is enough.
    if (history.refused?.hash === hash && history.refused.reason === reason) return 'refused';
    const heldBack = newcomers(history.served?.manifest ?? [], desired.manifest);
    await this.writer.refuse(key, history.lastRevision + 1, {
      content,
      hash,
      manifest: desired.manifest,
      reason,
      heldBack,
    });
    this.log.warn({ cluster_id: key.clusterId, type: key.type, reason }, 'Render refused; the former revision stays');
    return 'refused';
  }
}
