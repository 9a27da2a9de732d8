import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Backoff } from './backoff';
import { ConfigClient } from './config-client';
import { checkConfig, findOnPath } from './config-check';
import { ConfigFile } from './config-file';
import { failpointFrom } from './failpoint';
import { FiringSetSender } from './firing-set';
import { ForeignChanges } from './foreign-changes';
import type { Log } from './json-log';
import { MetricsServer } from './metrics-server';
import { metricsText } from './metrics-text';
import { pause } from './pause';
import { Progress } from './progress';
import { ReportBacklog } from './report-backlog';
import { reportedKeys } from './reported-keys';
import { Reporter } from './reporter';
import { RevisionApplier } from './revision-applier';
import type { Settings } from './settings';
import { SyncLoop } from './sync-loop';
import { TargetClient, type Target } from './target';
import { arrivalOf, placeOf, targetOf } from './transport';
import { TargetWatch } from './target-watch';
import { Turn } from './turn';
import { webhookTokenKeeper } from './webhook-token';
import { RENEW_MS, WriteLock } from './write-lock';

/** The environment as the process sees it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How long a second sidecar is named after it was last refused, in ms; supervisors come again within five minutes. */
const RIVAL_NAMED_MS = 600_000;

/** Thrown when the lock was taken away while running (a clock jump or a hand that deleted it): writing must stop. */
export class LockLost extends Error {
  constructor() {
    super('the write lock is no longer ours; another sidecar may be writing the file');
    this.name = 'LockLost';
  }
}

/** What runs in one sidecar. */
interface SidecarParts {
  file: ConfigFile;
  sync: SyncLoop;
  watch: TargetWatch;
  reporter: Reporter;
  progress: Progress;
  /** One per Alertmanager; none where nothing is told about what fires. */
  firingSets: readonly FiringSetSender[];
  /** None unless an address for it is set. */
  metrics: MetricsServer | null;
  log: Log;
}

/** One running sidecar: keeps one file of one target equal to what AlertAgent says. */
export class Sidecar {
  private rivalUntil = 0;

  private constructor(
    private readonly lock: WriteLock,
    private readonly parts: SidecarParts,
  ) {}

  /** Takes the lock, reads the state and picks up where the last run ended. Throws LockHeld or UnreadableState. */
  static async open(settings: Settings, env: Environment, signal: AbortSignal, log: Log): Promise<Sidecar> {
    const lock = await WriteLock.take(settings.configPath);
    try {
      return await Sidecar.assemble(lock, settings, env, signal, log);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private static async assemble(
    lock: WriteLock,
    settings: Settings,
    env: Environment,
    signal: AbortSignal,
    log: Log,
  ): Promise<Sidecar> {
    const failpoint = failpointFrom(env['ALERTAGENT_FAILPOINT']);
    const place = await placeOf(settings, { kubeconfig: env['KUBECONFIG'], failpoint, signal });
    const file = await ConfigFile.open({ path: settings.configPath, clusterSetting: settings.clusterId, place });
    const targetClients = settings.reloadUrls.map((url) => new TargetClient(url, settings.reloadTimeoutMs, signal));
    const target = targetOf(settings, targetClients, signal);
    const client = new ConfigClient(settings, signal);
    const { type, member, syncIntervalMs, reloadTimeoutMs } = settings;
    const progress = new Progress({ clusterId: settings.clusterId, type, member, version: sidecarVersion() }, () =>
      reportedKeys(settings.pinnedKey, file.state),
    );
    const reporter = new Reporter(
      progress,
      (report) => client.report(report),
      new Backoff(Math.min(1_000, syncIntervalMs), syncIntervalMs),
      new ReportBacklog(settings.configPath, log),
      log,
    );
    await reporter.resume();
    const onChange = (): void => {
      reporter.changed();
      watch.changed();
    };
    const check = checkOf(target, env['PATH'], log);
    const beforeReload = (): void => failpoint('reload');
    const applier = new RevisionApplier({
      file,
      target,
      arrival: arrivalOf(settings),
      progress,
      type,
      check,
      onChange,
      beforeReload,
      syncIntervalMs,
      reloadTimeoutMs,
      signal,
      log,
    });
    const turn = new Turn();
    const ensureWebhookToken =
      type === 'alertmanager-config' && settings.transport !== 'configmap'
        ? webhookTokenKeeper({ configPath: settings.configPath, member, ask: (name) => client.webhookToken(name), log })
        : (): Promise<void> => Promise.resolve();
    const watch = new TargetWatch({
      file,
      target,
      applier,
      progress,
      reporter,
      turn,
      foreignChanges: new ForeignChanges(),
      syncIntervalMs,
      ensureWebhookToken,
      log,
    });
    await applier.resume();
    const sync = new SyncLoop({ settings, client, file, applier, target, progress, turn, onChange, log });
    const tellers = settings.sendsFiringSet ? targetClients : [];
    const firingSets = tellers.map((each) => new FiringSetSender({ target: each, client, syncIntervalMs, log }));
    const text = (): string => metricsText(progress, process.memoryUsage.rss());
    const metrics = settings.metricsAddress === null ? null : new MetricsServer(settings.metricsAddress, text, log);
    return new Sidecar(lock, { file, sync, watch, reporter, progress, firingSets, metrics, log });
  }

  /** Runs until the signal aborts. Rejects with LockLost only. */
  async run(signal: AbortSignal): Promise<void> {
    const lost = this.keepLock(signal);
    // The first beat comes before the first revision: file and target are put right also when AlertAgent is away.
    const { watch, sync, reporter, firingSets, metrics } = this.parts;
    const work = [watch, sync, reporter, ...firingSets, ...(metrics === null ? [] : [metrics])];
    await Promise.race([lost, Promise.all(work.map((each) => each.run(signal)))]);
  }

  /** One sync for init containers. Answers whether there is a file for the target and nothing was refused. */
  async runOnce(): Promise<boolean> {
    const { file, sync, watch, reporter, progress } = this.parts;
    await watch.beat();
    const result = await sync.round(0);
    await reporter.deliver();
    const bytes = await file.read();
    const isRefused = progress.failure !== null || progress.problem !== null;
    return !isRefused && (result === 'changed' || result === 'unchanged' || (bytes !== null && bytes.length > 0));
  }

  /** Gives the lock back. */
  async close(): Promise<void> {
    await this.lock.release();
  }

  /** A second sidecar for this file cannot write it; that somebody started one is reported all the same. */
  private async nameRival(): Promise<void> {
    const { progress, reporter, log } = this.parts;
    const refused = await this.lock.refused();
    if (refused !== null) {
      progress.rival = `another sidecar (${refused}) was started for this file and refused; stop one of them`;
      this.rivalUntil = performance.now() + RIVAL_NAMED_MS;
      log('warn', progress.rival);
    } else if (progress.rival === null || performance.now() < this.rivalUntil) {
      return;
    } else {
      progress.rival = null;
    }
    reporter.changed();
  }

  private async keepLock(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(RENEW_MS, signal);
      if (signal.aborted) return;
      if (!(await this.lock.renew())) throw new LockLost();
      await this.nameRival();
    }
  }
}

function checkOf(target: Target, path: string | undefined, log: Log): (temporaryPath: string) => Promise<void> {
  const tool = findOnPath(target.check.tool, path);
  log(
    'info',
    tool === null
      ? `${target.check.tool} is not on PATH; files are judged by the reload alone`
      : `files are checked by ${target.check.tool} first`,
  );
  return (temporaryPath) => (tool === null ? Promise.resolve() : checkConfig(tool, target.check.args, temporaryPath));
}

function sidecarVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  return typeof version === 'string' ? version : '0.0.0';
}
