import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compilePolicy, normaliseAlert, Replay, type CompiledPolicy, type PipelineEvent } from '@alertagent/alerting';
import { sessions } from './baseline';
import { readHuaweiStream } from './huawei-stream';
import { readItbenchStream } from './itbench-stream';
import type { LabelledAlert, LabelledStream } from './labelled-stream';
import { measure, type Measures } from './measures';
import { policyFor } from './stream-policies';

/** The streams that can be read, by the name of their folder. */
const READERS: Record<string, (directory: string) => LabelledStream> = {
  huawei_csl2023: readHuaweiStream,
  itbench_groundtruth: readItbenchStream,
};

/** The pipeline against the baseline on one stream. */
export interface NoiseReport {
  stream: string;
  truth: string;
  baseline: Measures;
  alertagent: Measures;
  /** Better purity at equal or better compression, or equal purity at better compression; and nothing missed. */
  better: boolean;
}

/** Folder of the recorded streams. */
export function streamsDirectory(): string {
  return resolve(process.env['ALERTAGENT_CORPORA'] ?? '../shared/corpora', 'streams');
}

/** Names of the streams that are there and can be read. */
export function knownStreams(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => Object.hasOwn(READERS, name)) : [];
}

/** Sends a stream through the pipeline and measures what came of it. Errors: an Error that says which streams there are. */
export function measureNoise(name: string): NoiseReport {
  const directory = streamsDirectory();
  const known = knownStreams(directory);
  if (!known.includes(name)) {
    throw new Error(
      `there is no stream "${name.slice(0, 60)}" in ${directory}; known here: ${known.join(', ') || 'none'}`,
    );
  }
  const { alerts, truth } = READERS[name]!(join(directory, name));
  const labels = alerts.map((alert) => alert.truth);
  const baseline = measure(labels, sessions(alerts));
  const alertagent = measure(labels, converged(alerts, policyOf(name)));
  const better = isBetter(alertagent, baseline);
  return { stream: name, truth, baseline, alertagent, better };
}

function isBetter(ours: Measures, theirs: Measures): boolean {
  const isPurer = ours.purity > theirs.purity && ours.compression >= theirs.compression;
  const isDenser = ours.purity === theirs.purity && ours.compression > theirs.compression;
  return (isPurer || isDenser) && ours.missed === 0;
}

function policyOf(name: string): CompiledPolicy {
  const result = compilePolicy({ policy: policyFor(name), suppressions: [] }, 1);
  if (!result.ok) throw new Error(`the policy for ${name} has problems: ${JSON.stringify(result.problems)}`);
  return result.policy;
}

const START = Date.UTC(2026, 0, 5);

/** The incident of each alert, as the pipeline makes them from its beginnings and ends in the order of time. */
function converged(alerts: readonly LabelledAlert[], policy: CompiledPolicy): (string | null)[] {
  let serial = 0;
  const replay = new Replay(policy, { newId: () => `id${(serial += 1)}` });
  const groups: (string | null)[] = alerts.map(() => null);
  const incidents = new Map<string, string>();
  const events = alerts.flatMap((alert, index) => [
    { index, at: alert.from, event: eventOf(alert, 'firing') },
    ...(alert.to === null ? [] : [{ index, at: alert.to, event: eventOf(alert, 'resolved') }]),
  ]);
  // An end comes before a beginning of the same second.
  events.sort((a, b) => a.at - b.at || (a.event.alert.status === 'resolved' ? -1 : 1));
  for (const { index, event } of events) {
    const { incident_id } = replay.step(event);
    if (event.alert.status !== 'firing') continue;
    // A repetition belongs to the incident of its episode.
    if (incident_id !== null) incidents.set(event.alert.episode_key, incident_id);
    groups[index] = incidents.get(event.alert.episode_key) ?? null;
  }
  return groups;
}

function eventOf({ from, to, labels, summary }: LabelledAlert, status: 'firing' | 'resolved'): PipelineEvent {
  const time = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
  const alert = {
    status,
    labels,
    annotations: { summary },
    startsAt: time(from),
    endsAt: status === 'resolved' ? time(to ?? from) : '0001-01-01T00:00:00Z',
  };
  return { alert: normaliseAlert(alert, 'recorded'), at: START + (status === 'resolved' ? (to ?? from) : from) * 1000 };
}
