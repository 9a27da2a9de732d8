#!/usr/bin/env node
import { errorCode, errorText } from './error-code';
import { jsonLog, type Log } from './json-log';
import { readSettings, SettingsError, type Settings } from './settings';
import { LockLost, Sidecar } from './sidecar';
import { UnreadableState } from './state-file';
import { usage } from './usage';
import { LockHeld } from './write-lock';

/** Exit codes, after sysexits.h: a supervisor should not restart on 78. */
const EXIT = { ok: 0, failed: 1, lockHeld: 75, badSettings: 78 } as const;

/** Time in ms after a stop signal at which the process ends even if something still hangs. */
const STOP_MS = 3_000;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(usage);
    return EXIT.ok;
  }
  const unknown = args.filter((argument) => argument !== '--once');
  if (unknown.length > 0) {
    process.stderr.write(`unknown argument; see --help\n`);
    return EXIT.badSettings;
  }
  const settings = settingsOrNull();
  if (settings === null) return EXIT.badSettings;
  const log = jsonLog((line) => process.stdout.write(line), { type: settings.type, member: settings.member });
  return keep(settings, args.includes('--once'), log);
}

function settingsOrNull(): Settings | null {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return null;
  }
}

async function keep(settings: Settings, once: boolean, log: Log): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
    setTimeout(() => process.exit(EXIT.ok), STOP_MS).unref();
  };
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal);
  let sidecar: Sidecar;
  try {
    sidecar = await Sidecar.open(settings, process.env, stop.signal, log);
  } catch (error) {
    return cannotStart(error, log);
  }
  log('info', 'started', { path: settings.configPath, sync_interval_ms: settings.syncIntervalMs });
  try {
    if (once) return (await sidecar.runOnce()) ? EXIT.ok : EXIT.failed;
    await sidecar.run(stop.signal);
    log('info', 'stopped');
    return EXIT.ok;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.ok;
    log('error', 'ended', { error: errorText(error) });
    return error instanceof LockLost ? EXIT.lockHeld : EXIT.failed;
  } finally {
    await sidecar.close();
  }
}

function cannotStart(error: unknown, log: Log): number {
  if (error instanceof LockHeld) {
    log('error', error.message);
    return EXIT.lockHeld;
  }
  log('error', 'cannot start', { error: errorText(error) });
  const isNotWritable = ['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '');
  return error instanceof UnreadableState || isNotWritable ? EXIT.badSettings : EXIT.failed;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
