import { Backoff } from './backoff';
import type { ConfigClient } from './config-client';
import type { ConfigFile } from './config-file';
import { errorText } from './error-code';
import { ExchangeFailed, headerOf, Stopped, type ExchangeAnswer } from './http-exchange';
import type { Log } from './json-log';
import { KeyTrust } from './key-trust';
import { readConfigApart } from './parse-apart';
import { pause } from './pause';
import type { Progress } from './progress';
import { checkRemoval, type LiveRules } from './removal-guard';
import type { RevisionApplier } from './revision-applier';
import type { Settings } from './settings';
import type { Target } from './target';
import type { Turn } from './turn';
import { UnusableConfig } from './unusable-config';
import { RefusedRevision, sha256, verifyRevision, type VerifiedRevision } from './verify-revision';

/** Longest time in ms that the server is asked to hold a request. */
const MAX_WAIT_MS = 30_000;
/** First pause after an error, and longest pause while there is no first revision yet, in ms. */
const FIRST_PAUSE_MS = 1_000;
const NO_REVISION_MS = 5_000;

const KEY_HEADER = 'x-config-key';

/** What one look at AlertAgent brought. */
export type RoundResult = 'changed' | 'unchanged' | 'refused' | 'nothing-yet' | 'unavailable';

/** What the loop works with. */
export interface SyncParts {
  settings: Settings;
  client: ConfigClient;
  file: ConfigFile;
  applier: RevisionApplier;
  target: Target;
  progress: Progress;
  turn: Turn;
  onChange: () => void;
  log: Log;
}

/** Asks AlertAgent for revisions, by a request that the server holds until there is one, and hands verified ones on. */
export class SyncLoop {
  private readonly errors: Backoff;
  private readonly nothing: Backoff;
  private readonly trust: KeyTrust;
  private lastSaid = '';
  /** What was downloaded last, which is what the target will run when the next revision comes. */
  private lastRead: LiveRules | null = null;

  constructor(private readonly parts: SyncParts) {
    this.trust = new KeyTrust({ ...parts, pinnedKey: parts.settings.pinnedKey });
    const first = Math.min(FIRST_PAUSE_MS, parts.settings.syncIntervalMs);
    this.errors = new Backoff(first, parts.settings.syncIntervalMs);
    this.nothing = new Backoff(first, Math.min(NO_REVISION_MS, parts.settings.syncIntervalMs));
  }

  /** Runs until the signal aborts. No answer of the server, and no lack of one, ends it or touches the file. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.waitMs();
      const start = performance.now();
      const result = await this.round(waitMs);
      const spentMs = performance.now() - start;
      await pause(this.pauseAfter(result, waitMs, spentMs), signal);
    }
  }

  /** Asks once and acts on the answer. */
  async round(waitMs: number): Promise<RoundResult> {
    const { client, file } = this.parts;
    try {
      const wantsAgain = await this.wantsAgain();
      const etag = wantsAgain ? null : (file.state.highest?.etag ?? null);
      const answer = await client.fetch({ etag, waitMs: wantsAgain || etag === null ? 0 : waitMs });
      return await this.judge(answer);
    } catch (error) {
      return this.failed(error);
    }
  }

  private async judge(answer: ExchangeAnswer): Promise<RoundResult> {
    if (answer.status === 200) return this.parts.turn.take(() => this.receive(answer));
    if (answer.status === 304) return this.parts.turn.take(() => this.unchanged(answer));
    if (answer.status >= 300 && answer.status < 400) {
      this.refuse(
        `AlertAgent answered with a redirect (${answer.status}), which is not followed: check ALERTAGENT_ENDPOINT`,
      );
      return 'refused';
    }
    this.say('warn', ADVICE[answer.status] ?? `AlertAgent answered ${answer.status}`, { status: answer.status });
    return answer.status === 404 ? 'nothing-yet' : 'unavailable';
  }

  /** Nothing is new but, perhaps, the key: it is followed at once, so that the former one is trusted no longer than it has to be. */
  private async unchanged(answer: ExchangeAnswer): Promise<RoundResult> {
    const key = headerOf(answer.headers, KEY_HEADER);
    await this.trust.learn(key);
    this.trust.check(key);
    this.usable();
    return 'unchanged';
  }

  private async receive(answer: ExchangeAnswer): Promise<RoundResult> {
    const { file, applier, settings } = this.parts;
    const { state } = file;
    await this.trust.learn(headerOf(answer.headers, KEY_HEADER));
    const verified = verifyRevision(answer, {
      type: settings.type,
      clusterSetting: settings.clusterId,
      clusterId: state.clusterId,
      ...this.trust.keys,
      highest: state.highest,
    });
    const rules = await readConfigApart({ body: verified.body, type: settings.type });
    if (rules.length !== verified.rules)
      throw new RefusedRevision(`the body holds ${rules.length} rules, not the announced ${verified.rules}`);
    const live = settings.type === 'prometheus-rules' ? await file.live() : null;
    if (live !== null) {
      const hash = sha256(live);
      const isKnown = hash === verified.hash || verified.confirmedFrom.includes(hash);
      if (!isKnown) checkRemoval(verified, rules, await this.liveRules(live, hash));
    }
    this.lastRead = { hash: verified.hash, rules };
    file.noteVerified(verified);
    this.usable();
    return this.hand(verified, () =>
      applier.apply(verified.body, verified, { bytes: verified.body, hash: verified.hash, rules }),
    );
  }

  /** Read in a process of its own only if it is not what was read last. */
  private async liveRules(body: Buffer, hash: string): Promise<LiveRules> {
    if (this.lastRead?.hash === hash) return this.lastRead;
    return { hash, rules: await readConfigApart({ body, type: this.parts.settings.type }) };
  }

  private async hand(verified: VerifiedRevision, apply: () => Promise<void>): Promise<RoundResult> {
    const { file, applier, progress } = this.parts;
    const { onDisk } = file.state;
    applier.refetchAt = null;
    // It is downloaded again when the conflict is over.
    if (progress.conflict !== null) return 'unchanged';
    if (file.isRefused(verified)) return 'unchanged';
    const isThere = onDisk?.hash === verified.hash && (await file.hash()) === verified.hash;
    if (isThere && onDisk.revision === verified.revision && progress.failure === null) return 'unchanged';
    if (isThere) {
      await applier.renumber(verified);
      return 'changed';
    }
    if (onDisk?.hash === verified.hash) {
      await file.countDrift();
      progress.driftRepaired = file.state.driftRepaired;
    }
    await apply();
    return 'changed';
  }

  /** Whether the current revision is to be downloaded again; not while the target could not prove it anyway. */
  private async wantsAgain(): Promise<boolean> {
    const { applier, target, settings } = this.parts;
    if (applier.refetchAt === null || performance.now() < applier.refetchAt) return false;
    if (applier.refetchAt === 0 || (await target.health()).healthy) return true;
    applier.refetchAt = performance.now() + settings.syncIntervalMs;
    return false;
  }

  private waitMs(): number {
    const { applier, settings } = this.parts;
    const longest = Math.min(settings.syncIntervalMs, MAX_WAIT_MS);
    return applier.refetchAt === null
      ? longest
      : Math.round(Math.max(0, Math.min(longest, applier.refetchAt - performance.now())));
  }

  private pauseAfter(result: RoundResult, waitMs: number, spentMs: number): number {
    const { syncIntervalMs } = this.parts.settings;
    if (result === 'nothing-yet') return this.nothing.next();
    this.nothing.reset();
    if (result === 'unavailable' || result === 'refused') return this.errors.next();
    this.errors.reset();
    if (result === 'changed') return 0;
    // A server that does not hold requests must not be asked in a tight loop.
    return spentMs < waitMs / 2 || waitMs === 0 ? Math.round(syncIntervalMs * (0.5 + Math.random() / 2)) : 0;
  }

  private failed(error: unknown): RoundResult {
    if (error instanceof RefusedRevision || error instanceof UnusableConfig) {
      this.refuse(`a download was refused: ${error.message}`);
      return 'refused';
    }
    if (error instanceof ExchangeFailed && (error.kind === 'cut' || error.kind === 'too-large'))
      this.refuse(`a download was refused: ${error.message}`);
    else if (error instanceof ExchangeFailed)
      this.say('warn', 'AlertAgent cannot be reached; the file stays as it is', { error: error.message });
    else if (!(error instanceof Stopped)) this.say('error', 'a sync failed', { error: errorText(error) });
    return 'unavailable';
  }

  private usable(): void {
    if (this.lastSaid !== '') this.parts.log('info', 'AlertAgent answers again');
    this.lastSaid = '';
    if (this.parts.progress.problem === null) return;
    this.parts.progress.problem = null;
    this.parts.onChange();
  }

  private refuse(reason: string): void {
    this.parts.progress.problem = reason;
    this.parts.onChange();
  }

  private say(level: 'warn' | 'error', message: string, fields: Record<string, string | number>): void {
    if (message !== this.lastSaid) this.parts.log(level, message, fields);
    this.lastSaid = message;
  }
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'AlertAgent does not know this token: issue a new sync token for the cluster and set ALERTAGENT_TOKEN',
  403: 'this token may not fetch this configuration: it must be a sync token of the cluster in CLUSTER_ID',
  404: 'AlertAgent has no configuration for this cluster and type yet, or the token is for another cluster: check CLUSTER_ID and ALERTAGENT_ENDPOINT',
  503: 'AlertAgent is not ready; the file stays as it is',
};
