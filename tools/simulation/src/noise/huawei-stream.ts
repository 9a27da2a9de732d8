import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { LabelledAlert, LabelledStream } from './labelled-stream';

interface Truth {
  true_graph: { nonzero_edges: [number, number][] };
  topology: { nonzero_edges: [number, number][] };
}

/** Seconds after a cause within which its effects come. */
const CAUSED_WITHIN = 60;

interface Alarm {
  kind: number;
  device: number;
  from: number;
  to: number;
}

/**
 * Alarms of 59 kinds on 45 devices. Their truth is a graph of which kind causes which, and of which devices are connected: an alarm belongs to
 * the incident of the latest alarm of a causing kind on the same or a neighbouring device; without one it begins an incident.
 */
export function readHuaweiStream(directory: string): LabelledStream {
  const truth = JSON.parse(readFileSync(join(directory, 'truth.json'), 'utf8')) as Truth;
  const alarms = gunzipSync(readFileSync(join(directory, 'alarm.csv.gz')))
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((line): Alarm => {
      const [kind, device, from, to] = line.split(',').map(Number) as [number, number, number, number];
      return { kind, device, from, to };
    });
  const incidents = incidentsOf(alarms, truth);
  const alerts = alarms.map(({ kind, device, from, to }, index): LabelledAlert => ({
    from,
    to: Math.max(from + 1, to),
    labels: { alertname: `Alarm${kind}`, instance: `device-${device}` },
    summary: `alarm ${kind} on device ${device}`,
    truth: `incident ${incidents[index]}`,
  }));
  return {
    name: 'huawei_csl2023',
    alerts,
    truth: `the recorded causal graph over kinds and devices, within ${CAUSED_WITHIN} s`,
  };
}

function incidentsOf(alarms: readonly Alarm[], { true_graph, topology }: Truth): number[] {
  const causes = new Set(true_graph.nonzero_edges.map(([a, b]) => `${a} ${b}`));
  const links = new Set(topology.nonzero_edges.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  const incident: number[] = [];
  for (const [index, alarm] of alarms.entries()) {
    incident[index] = index;
    for (let earlier = index - 1; earlier >= 0; earlier -= 1) {
      const cause = alarms[earlier]!;
      if (alarm.from - cause.from > CAUSED_WITHIN) break;
      const isNear = cause.device === alarm.device || links.has(`${cause.device} ${alarm.device}`);
      if (!isNear || !causes.has(`${cause.kind} ${alarm.kind}`)) continue;
      incident[index] = incident[earlier]!;
      break;
    }
  }
  return incident;
}
