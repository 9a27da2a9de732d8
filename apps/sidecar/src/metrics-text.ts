import type { Progress, SidecarReport } from './progress';

/** Content type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const STATES: readonly SidecarReport['state'][] = [
  'idle',
  'fetched',
  'written',
  'reloaded',
  'loaded',
  'live',
  'failed',
];

/**
 * How the sidecar stands, in Prometheus' text format. Every state has a series, so that one that ends goes to 0 instead
 * of going stale; the figures are those of the reports, so that both can't tell different stories.
 */
export function metricsText(progress: Progress, residentBytes: number): string {
  const report = progress.report();
  const count = (status: 'loaded' | 'live' | 'failed'): number =>
    report.rules.filter((rule) => rule.status === status).length;
  const isProven = report.hash !== null && report.hash === report.loaded_hash;
  return [
    ...family('alertagent_sidecar_state', 'gauge', '1 for the state that is reported to AlertAgent.', [
      ...STATES.map((state): Sample => [`{state="${state}"}`, state === report.state ? 1 : 0]),
    ]),
    ...family('alertagent_sidecar_revision', 'gauge', 'Revision that the state is about, 0 without one.', [
      ['', report.revision ?? 0],
    ]),
    ...family('alertagent_sidecar_proven', 'gauge', '1 while the target is proven to run the file on disk.', [
      ['', isProven ? 1 : 0],
    ]),
    ...family('alertagent_sidecar_rules', 'gauge', 'Rules of that revision by how they stand at the target.', [
      ['{status="loaded"}', count('loaded')],
      ['{status="live"}', count('live')],
      ['{status="failed"}', count('failed')],
    ]),
    ...family('alertagent_sidecar_drift_repaired_total', 'counter', 'Changes by somebody else that were put right.', [
      ['', report.drift_repaired],
    ]),
    ...family('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes.', [['', residentBytes]]),
    '',
  ].join('\n');
}

/** Labels and value. */
type Sample = readonly [labels: string, value: number];

function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
