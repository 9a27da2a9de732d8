import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { FileChecker } from '../checking/file-checker';
import type { ConfigKey } from '../revisions/config-key';
import { RevisionsStore, type ConfigHistory, type FormerFile } from '../revisions/revisions.store';
import { confirmedFrom } from './confirmed-removal';
import { decideRevision } from './decide-revision';
import { DesiredFiles, type DesiredFile } from './desired-file';
import type { AcceptedFile, RefusedFile } from './revision-writer';
import { lostRules, newcomers, type RemovalLimits } from './rule-changes';

const MAX_REASON = 2_000;

/** What a cluster should run now, rendered, compared with what it is served, and checked. */
export type Preparation =
  | { kind: 'leave'; outcome: 'unchanged' | 'skipped' }
  | { kind: 'refused'; file: RefusedFile }
  | { kind: 'accepted'; file: AcceptedFile };

/** Makes files ready to be published; publishes nothing. */
@Injectable()
export class PreparedFiles {
  constructor(
    private readonly desired: DesiredFiles,
    private readonly checker: FileChecker,
    private readonly revisions: RevisionsStore,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** The past that a preparation is held against. */
  history(key: ConfigKey): Promise<ConfigHistory> {
    const window = this.config.distribution.removal_window;
    return this.revisions.history(key, new Date(this.clock.now().getTime() - window));
  }

  /** Errors: ServiceError `unavailable` or `deadline` when an owner or a checking tool can't answer now. */
  async prepare(key: ConfigKey, history: ConfigHistory): Promise<Preparation> {
    const desired = await this.desired.ask(key);
    if (!desired) return { kind: 'leave', outcome: 'skipped' };
    const decision = decideRevision(key.type, history, desired, this.limits());
    if (decision.kind === 'leave') return decision;
    if (decision.kind === 'refuse') return refused(history, desired, decision.reason);
    const { content, hash, emptyConfirmed } = decision;
    const verdict = await this.checker.check(key.type, content, desired.manifest.length);
    if (verdict.kind === 'refused') return refused(history, desired, verdict.reason);
    const confirmedFrom = await this.confirmedFrom(key, history, { hash, manifest: desired.manifest });
    return { kind: 'accepted', file: { content, hash, emptyConfirmed, confirmedFrom, manifest: desired.manifest } };
  }

  private async confirmedFrom(key: ConfigKey, history: ConfigHistory, file: FormerFile): Promise<string[]> {
    const losesNothing = lostRules(history.served?.manifest ?? [], file.manifest).length === 0;
    // Then nothing is lost that the served file still has, and the past need not be read.
    const former = losesNothing && history.confirmedHash !== file.hash ? [] : await this.revisions.former(key);
    return confirmedFrom(history, former, file, this.limits());
  }

  private limits(): RemovalLimits {
    const { max_removed_percent: maxPercent, min_removed_rules: minRules } = this.config.distribution;
    return { maxPercent, minRules };
  }
}

function refused(history: ConfigHistory, desired: DesiredFile, why: string): Preparation {
  const reason = why.slice(0, MAX_REASON).toWellFormed();
  const { content, hash } = desired.kind === 'rendered' ? desired : { content: '', hash: '' };
  const { manifest } = desired;
  const heldBack = newcomers(history.served?.manifest ?? [], manifest);
  return { kind: 'refused', file: { content, hash, manifest, reason, heldBack } };
}
