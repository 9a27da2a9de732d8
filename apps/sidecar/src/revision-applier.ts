import type { ApplierParts } from './applier-parts';
import { Backoff } from './backoff';
import { bringUp, type BringUpOutcome } from './bring-up';
import { CheckRefused } from './config-check';
import { errorText } from './error-code';
import { fallbackOf, minimalFile } from './fallback';
import { ExchangeFailed } from './http-exchange';
import { readConfigApart } from './parse-apart';
import type { LoadProof } from './rule-proof';
import type { ConfigContent } from './target';
import { sha256, type Revision } from './verify-revision';

/** Puts content on disk, makes the target run it, proves that it does, and goes back to the last good content otherwise. */
export class RevisionApplier {
  private content: ConfigContent | null = null;
  /** True while the content on disk was not asked to be loaded, or was and is not proven. */
  private needsReload = false;
  private since: number | null = null;
  private readonly retry: Backoff;
  private retryAt = 0;
  /** A refused revision whose verdict waits until the target is proven to run what was put back. */
  private suspect: { revision: Revision; reason: string } | null = null;
  /** When to download the current revision again because it could not be proven, null when there is no need. */
  refetchAt: number | null = null;

  constructor(private readonly parts: ApplierParts) {
    this.retry = new Backoff(parts.syncIntervalMs, parts.syncIntervalMs * parts.target.longestRetry);
  }

  /** Picks up what a former run left: the file on disk if it is ours, and the verdict on a refused revision. */
  async resume(): Promise<void> {
    const { file, progress, type } = this.parts;
    const { onDisk, good, highest, refused } = file.state;
    progress.driftRepaired = file.state.driftRepaired;
    const bytes = await file.read();
    progress.diskHash = bytes && sha256(bytes);
    if (onDisk !== null && bytes !== null && progress.diskHash === onDisk.hash) {
      await this.hold(bytes, onDisk);
      this.needsReload = onDisk.hash !== good?.hash;
    }
    if (bytes === null && onDisk === null && type === 'alertmanager-config') await this.startWithMinimal();
    if (highest === null || highest.hash === onDisk?.hash) return;
    if (refused !== null && file.isRefused(highest))
      progress.failure = { revision: refused.revision, reason: refused.reason, rejected: [] };
    else this.refetchAt = 0;
  }

  /** Whether the target is still expected to evaluate some rule, so that looking again soon is worth it. */
  get awaitsEvaluation(): boolean {
    return (
      this.parts.progress.phase === 'loaded' && this.parts.progress.rules.some((entry) => entry.standing === 'loaded')
    );
  }

  /** When a file that is on its way to the target is to be looked for again; null when none is, or it is somebody else's. */
  get arrivalDueAt(): number | null {
    const { arrival, progress } = this.parts;
    return this.needsReload && !arrival.isImmediate && progress.conflict === null ? this.retryAt : null;
  }

  /** Takes a verified revision whole through write, reload and proof. Never rejects for what disk or target do. */
  async apply(bytes: Buffer, revision: Revision, content: ConfigContent): Promise<void> {
    const { progress, file } = this.parts;
    Object.assign(progress, {
      phase: 'fetched',
      revision: revision.revision,
      failure: null,
      problem: null,
      reason: null,
      rules: [],
      loadedHash: null,
    });
    this.refetchAt = null;
    this.suspect = null;
    this.parts.onChange();
    try {
      await file.put(bytes, revision, this.parts.check);
    } catch (error) {
      await this.notWritten(error, revision, content);
      return;
    }
    this.parts.arrival.handedOver(this.content !== null && !this.needsReload ? 'proven' : 'unknown');
    this.content = content;
    this.since = null;
    this.needsReload = true;
    progress.phase = 'written';
    progress.diskHash = content.hash;
    this.parts.onChange();
    await this.settle();
  }

  /** Looks whether the target runs what is on disk, and reloads it if not. */
  async look(): Promise<void> {
    const { target } = this.parts;
    if (this.content === null) return;
    let proof: LoadProof;
    try {
      proof = await target.prove(this.content, this.since);
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw error;
      this.retryAt = Math.max(this.retryAt, this.parts.arrival.later());
      this.notRunning(`the target cannot be asked: ${error.message}`);
      return;
    }
    if (proof.loaded && !this.needsReload) {
      await this.loaded(proof);
    } else if (performance.now() >= this.retryAt) {
      this.needsReload = true;
      await this.settle();
    }
  }

  /** Looks what of our content the target runs and changes nothing: the file is somebody else's for now. */
  async observe(): Promise<void> {
    const { target, progress, onChange } = this.parts;
    if (this.content === null) return;
    try {
      const proof = await target.prove(this.content, this.since);
      Object.assign(progress, { rules: proof.rules, loadedHash: proof.loaded ? this.content.hash : null });
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw error;
      Object.assign(progress, { rules: [], loadedHash: null });
    }
    progress.phase = progress.revision ? 'written' : 'idle';
    onChange();
  }

  /** Puts our content back after somebody else changed the file. Without a local copy it is downloaded again. */
  async repair(): Promise<void> {
    const { file, progress, log } = this.parts;
    const { onDisk } = file.state;
    const good = await file.lastGood();
    log('warn', 'the file was changed by somebody else', {
      path: file.path,
      repaired_from: good?.revision.hash === onDisk?.hash ? 'last good copy' : 'download',
    });
    if (good === null || onDisk === null || good.revision.hash !== onDisk.hash) {
      this.refetchAt = 0;
      return;
    }
    await file.put(good.bytes, onDisk);
    await file.countDrift();
    progress.driftRepaired = file.state.driftRepaired;
    progress.diskHash = onDisk.hash;
    this.parts.arrival.handedOver('unknown');
    await this.hold(good.bytes, onDisk);
    this.needsReload = true;
    this.retryAt = 0;
    await this.settle();
  }

  /** The newest revision has the content that is already there: nothing to write, nothing to reload. */
  async renumber(revision: Revision): Promise<void> {
    await this.parts.file.restamp(revision);
    Object.assign(this.parts.progress, { revision: revision.revision, failure: null, problem: null });
    this.refetchAt = null;
    this.parts.onChange();
  }

  private async settle(): Promise<void> {
    const { file, progress } = this.parts;
    const content = this.content;
    const revision = file.state.onDisk;
    if (content === null || revision === null) return;
    const outcome = await this.bring(content);
    if (outcome.kind === 'loaded') {
      this.since = outcome.since;
      await this.loaded(outcome.proof);
    } else if (outcome.kind === 'pending') {
      this.notRunning(outcome.reason);
      this.retryAt = this.parts.arrival.dueAt;
    } else if (file.state.good?.hash === content.hash) {
      this.retryAt = performance.now() + this.retry.next();
      this.notRunning(outcome.reason);
      progress.failure = { revision: revision.revision || null, reason: outcome.reason, rejected: content.rules };
      if (this.suspect !== null) this.refetchAt = this.retryAt;
      this.suspect = null;
      this.parts.onChange();
    } else {
      await this.restore(content, revision, outcome);
    }
  }

  private async bring(content: ConfigContent): Promise<BringUpOutcome> {
    const { target, arrival, progress, reloadTimeoutMs, signal } = this.parts;
    this.parts.beforeReload();
    const onReloaded = (): void => {
      progress.phase = progress.revision ? 'reloaded' : 'idle';
      progress.reason = null;
      this.parts.onChange();
    };
    if (arrival.isImmediate) return bringUp({ target, content, deadlineMs: reloadTimeoutMs, signal, onReloaded });
    // A reload that may have read the old file is not news; the turn is not held until the new one is there.
    await arrival.lookBefore(target, content);
    const look = await bringUp({ target, content, deadlineMs: 0, signal, onReloaded: () => undefined });
    const outcome = arrival.judge(look, target.isExact);
    if (outcome.kind === 'loaded') onReloaded();
    return outcome;
  }

  private async loaded(proof: LoadProof): Promise<void> {
    const { file, progress, log } = this.parts;
    const { content } = this;
    if (content === null) return;
    this.needsReload = false;
    this.retry.reset();
    await this.settleSuspect();
    if (file.state.good?.hash !== content.hash) {
      await file
        .keepAsGood(content.bytes)
        .catch((error: unknown) => log('warn', 'the last good copy could not be written', { error: errorText(error) }));
    }
    Object.assign(progress, { rules: proof.rules, loadedHash: content.hash, reason: null });
    if (progress.failure !== null && progress.failure.revision === progress.revision) progress.failure = null;
    if (!progress.revision) {
      progress.phase = 'idle';
    } else if (progress.phase !== 'live' || proof.rules.some((entry) => entry.standing !== 'live')) {
      progress.phase = 'loaded';
      this.parts.onChange();
      if (proof.rules.every((entry) => entry.standing === 'live')) progress.phase = 'live';
    }
    this.parts.onChange();
  }

  /** Goes back to the last good content. Only if the target takes that one, the other is known to be the culprit. */
  private async restore(
    rejected: ConfigContent,
    revision: Revision,
    outcome: Exclude<BringUpOutcome, { kind: 'loaded' | 'pending' }>,
  ): Promise<void> {
    const { file, progress, type, target, log } = this.parts;
    const back = await fallbackOf(file, type, target);
    try {
      await file.put(back.bytes, back.revision);
      this.parts.arrival.handedOver(outcome.kind === 'refused' ? 'refused' : 'unknown');
      await this.hold(back.bytes, back.revision);
      progress.diskHash = back.revision.hash;
    } catch (error) {
      log('error', 'the last good file could not be put back', { error: errorText(error) });
    }
    const second = await this.bring(this.content ?? rejected);
    const isJudged = outcome.kind === 'refused' && second.kind === 'loaded';
    const restored = `${outcome.reason}; ${back.words} was put back`;
    const reason = `${restored}${second.kind === 'loaded' ? ' and is loaded' : `, but is not proven: ${second.reason}`}`;
    progress.failure = { revision: revision.revision, reason, rejected: rejected.rules };
    if (second.kind === 'loaded') {
      this.since = second.since;
      await this.loaded(second.proof);
    } else {
      this.needsReload = true;
      this.retryAt = this.parts.arrival.dueAt;
      this.notRunning(second.reason);
    }
    // Only once what was put back has arrived too, and is taken, is it known who was the culprit.
    const isOnItsWay = second.kind === 'pending' && !this.parts.arrival.isImmediate;
    if (outcome.kind === 'refused' && isOnItsWay) this.suspect = { revision, reason: `${restored} and is loaded` };
    else if (isJudged) await this.refuse(revision, reason);
    else this.refetchAt = performance.now() + this.retry.next();
    this.parts.onChange();
  }

  private async notWritten(error: unknown, revision: Revision, content: ConfigContent): Promise<void> {
    const { file, progress } = this.parts;
    const reason = error instanceof CheckRefused ? error.message : `the file could not be written: ${errorText(error)}`;
    progress.revision = file.state.onDisk?.revision ?? null;
    progress.phase = 'idle';
    progress.failure = { revision: revision.revision, reason, rejected: content.rules };
    if (error instanceof CheckRefused) await file.refuse(revision, reason, 'check');
    else this.refetchAt = performance.now() + this.retry.next();
    this.parts.onChange();
    await this.look();
  }

  private notRunning(reason: string): void {
    const { progress } = this.parts;
    Object.assign(progress, { phase: progress.revision ? 'written' : 'idle', reason, rules: [], loadedHash: null });
    this.parts.onChange();
  }

  private async hold(bytes: Buffer, revision: Revision): Promise<void> {
    const rules = await readConfigApart({ body: bytes, type: this.parts.type });
    this.content = { bytes, hash: revision.hash, rules };
    this.since = null;
    const { progress } = this.parts;
    Object.assign(progress, {
      revision: revision.revision,
      phase: revision.revision ? 'written' : 'idle',
      rules: [],
      loadedHash: null,
    });
  }

  /** The target took what was put back: the revision before it was the culprit. */
  private async settleSuspect(): Promise<void> {
    const { suspect, content } = this;
    this.suspect = null;
    if (suspect === null || suspect.revision.hash === content?.hash) return;
    const { progress } = this.parts;
    if (progress.failure !== null) progress.failure = { ...progress.failure, reason: suspect.reason };
    await this.refuse(suspect.revision, suspect.reason);
  }

  /** The target judged this revision. It is tried once more, unless that was its second verdict. */
  private async refuse(revision: Revision, reason: string): Promise<void> {
    const isFinal = await this.parts.file.refuse(revision, reason, 'target');
    if (!isFinal) this.refetchAt = performance.now() + this.retry.next();
  }

  /** Alertmanager does not start without a file, also not when AlertAgent is away. */
  private async startWithMinimal(): Promise<void> {
    const { bytes, revision } = minimalFile(this.parts.target);
    await this.parts.file.put(bytes, revision);
    await this.hold(bytes, revision);
    this.parts.progress.diskHash = revision.hash;
  }
}
