import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { LabelledAlert, LabelledStream } from './labelled-stream';

interface Scenario {
  spec?: Scenario;
  alerts?: { id: string; group_id?: string; metadata?: { description?: string } }[];
  groups?: { id: string; kind?: string; name?: string; namespace?: string }[];
}

/** Scenarios begin this many seconds apart, and their alerts follow each other this fast. */
const APART = 60 * 60;
const STEP = 45;
const LASTS = 10 * 60;

/**
 * Faults injected into a shop of microservices, and the alerts that each one truly raised. The files say which alerts belong together, not
 * when they came: here they come one after the other, and each comes back once after its end, as alerts do.
 */
export function readItbenchStream(directory: string): LabelledStream {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const alerts = files.flatMap((file, index) =>
    alertsOf(readFileSync(join(directory, file), 'utf8'), file, index * APART),
  );
  return {
    name: 'itbench_groundtruth',
    alerts: alerts.sort((a, b) => a.from - b.from),
    truth: 'the scenario that raised the alert; times are made up',
  };
}

function alertsOf(text: string, file: string, begin: number): LabelledAlert[] {
  const document = parse(text) as Scenario;
  const { alerts = [], groups = [] } = document.spec ?? document;
  return alerts.flatMap(({ id, group_id = 'unknown', metadata }, index) => {
    const group = groups.find((candidate) => candidate.id === group_id);
    const service = group_id.replace(/-(service|pod|deployment)(-\d+)?$/, '');
    const labels = { alertname: id, instance: group_id, service, namespace: group?.namespace ?? 'otel-demo' };
    const summary = metadata?.description ?? id;
    const from = begin + index * STEP;
    const first = { from, to: from + LASTS / 2, labels, summary, truth: file };
    return [first, { ...first, from: from + LASTS / 2 + 60, to: from + LASTS + 60 }];
  });
}
