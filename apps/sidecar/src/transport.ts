import { basename } from 'node:path';
import { AlertmanagerTarget } from './alertmanager-target';
import { Arrival } from './arrival';
import { Backoff } from './backoff';
import { ConfigMapPlace } from './config-map-place';
import type { Failpoint } from './failpoint';
import { FilePlace } from './file-place';
import type { Place } from './place';
import { PrometheusTarget } from './prometheus-target';
import type { Settings } from './settings';
import type { Target, TargetClient } from './target';
import { TargetGroup, type GroupMember } from './target-group';
import { VmalertTarget } from './vmalert-target';

/** First and longest pause between two reloads while a file is on its way, in ms. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 10_000;

/** Where the file is put, for each transport. */
export async function placeOf(
  settings: Settings,
  by: { kubeconfig: string | undefined; failpoint: Failpoint; signal: AbortSignal },
): Promise<Place> {
  const { configMap, configPath } = settings;
  if (configMap === null) return new FilePlace(configPath, by.failpoint);
  // Not at the top: the library behind it is larger than the whole sidecar that pulls.
  const { openKubernetes } = await import('./kubernetes-api.js');
  return new ConfigMapPlace(
    await openKubernetes(by.kubeconfig, by.signal),
    configMap,
    basename(configPath),
    configPath,
  );
}

/** How long it may take from there to the target. */
export function arrivalOf({ arrivalMs, syncIntervalMs }: Settings): Arrival {
  const pauses = new Backoff(Math.min(FIRST_PAUSE_MS, syncIntervalMs), Math.min(LAST_PAUSE_MS, syncIntervalMs));
  return new Arrival({ windowMs: arrivalMs, pauses, now: () => performance.now() });
}

/** The program that reads the file, or all of them as one. */
export function targetOf(settings: Settings, clients: readonly TargetClient[], signal: AbortSignal): Target {
  const [first, ...others] = clients.map((client, index): GroupMember => ({
    name: settings.reloadUrls[index]?.host ?? '',
    target: singleTarget(settings, client, signal),
  }));
  if (first === undefined) throw new Error('no target');
  return others.length === 0 ? first.target : new TargetGroup([first, ...others]);
}

function singleTarget(
  { target, configPath, reloadTimeoutMs }: Settings,
  client: TargetClient,
  signal: AbortSignal,
): Target {
  if (target === 'vmalert') return new VmalertTarget(client, configPath, reloadTimeoutMs, signal);
  return target === 'prometheus' ? new PrometheusTarget(client, configPath) : new AlertmanagerTarget(client);
}
