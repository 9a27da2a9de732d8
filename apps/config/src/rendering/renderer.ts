import { ServiceError } from '@alertagent/contracts';
import { isUniqueViolation, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { RenderOutcome } from '../config-metrics';
import type { ConfigKey } from '../revisions/config-key';
import { HeldConfiguration } from '../revisions/held-configuration';
import type { ConfigHistory } from '../revisions/revisions.store';
import { ServedRevisions } from '../serving/served-revisions';
import { PreparedFiles } from './prepared-file';
import { RevisionWriter, type AcceptedFile, type RefusedFile } from './revision-writer';

/** How often one render starts over because another replica published meanwhile. */
const MAX_ATTEMPTS = 5;

type Outcome = Exclude<RenderOutcome, 'error'>;

/** Brings what is served in line with what a cluster should run. Doing it twice does nothing the second time. */
@Injectable()
export class Renderer {
  private readonly log: Logger;

  constructor(
    private readonly prepared: PreparedFiles,
    private readonly writer: RevisionWriter,
    private readonly served: ServedRevisions,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('rendering');
  }

  /** Errors: ServiceError `unavailable` or `deadline` when an owner, the database or a checking tool can't answer now. */
  async render(key: ConfigKey): Promise<Outcome> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      // The history comes first: a render from an older look at the world then finds its number taken.
      const history = await this.prepared.history(key);
      if (history.isRetired) return 'skipped';
      if (history.isHeld) return 'held';
      try {
        return await this.settle(key, history);
      } catch (error) {
        if (error instanceof HeldConfiguration) return 'held';
        if (!isUniqueViolation(error)) throw error;
      }
    }
    throw new ServiceError('unavailable', 'other replicas kept publishing; try again');
  }

  private async settle(key: ConfigKey, history: ConfigHistory): Promise<Outcome> {
    const preparation = await this.prepared.prepare(key, history);
    if (preparation.kind === 'leave') return preparation.outcome;
    return preparation.kind === 'refused'
      ? this.refuse(key, history, preparation.file)
      : this.publish(key, history, preparation.file);
  }

  private async publish(key: ConfigKey, history: ConfigHistory, file: AcceptedFile): Promise<'published'> {
    const revision = await this.writer.publish(key, history.lastRevision + 1, file);
    await this.served.publish(revision);
    this.log.info(
      { cluster_id: key.clusterId, type: key.type, revision: revision.revision, rules: revision.rules },
      'Revision published',
    );
    return 'published';
  }

  private async refuse(key: ConfigKey, history: ConfigHistory, file: RefusedFile): Promise<'refused'> {
    const { hash, reason } = file;
    // Each event about the cluster comes here again until the cause is gone; saying it once is enough.
    if (history.refused?.hash === hash && history.refused.reason === reason) return 'refused';
    await this.writer.refuse(key, history.lastRevision + 1, file);
    this.log.warn({ cluster_id: key.clusterId, type: key.type, reason }, 'Render refused; the former revision stays');
    return 'refused';
  }
}
