import { CONFIG_TYPES, SIDECAR_STATES, type ConfigType, type SidecarState } from '@alertagent/contracts';
import { Metrics, type CounterMetric, type HistogramMetric } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { TOOLS, type ToolName } from '@alertagent/service-kit';

/**
 * How a render ended. `unchanged`: what is served is what is wanted; `held`: what is served stays; `skipped`: nothing to
 * serve, or nobody to serve it to.
 */
export const RENDER_OUTCOMES = ['published', 'unchanged', 'refused', 'held', 'skipped', 'error'] as const;
export type RenderOutcome = (typeof RENDER_OUTCOMES)[number];

/** `absent`: the tool is not installed, or too old for the file; `failed`: it came to no verdict. */
const CHECK_OUTCOMES = ['accepted', 'refused', 'failed', 'absent'] as const;
type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

type RenderLabels = { readonly type: typeof CONFIG_TYPES; readonly outcome: typeof RENDER_OUTCOMES };
type CheckLabels = { readonly tool: typeof TOOLS; readonly outcome: typeof CHECK_OUTCOMES };
type ReportLabels = { readonly type: typeof CONFIG_TYPES; readonly state: typeof SIDECAR_STATES };

/** What this service counts. */
@Injectable()
export class ConfigMetrics {
  private readonly renders: CounterMetric<RenderLabels>;
  private readonly renderSeconds: HistogramMetric<{ readonly type: typeof CONFIG_TYPES }>;
  private readonly checkSeconds: HistogramMetric<CheckLabels>;
  private readonly reports: CounterMetric<ReportLabels>;
  private openPolls: () => number = () => 0;

  constructor(metrics: Metrics) {
    const renderLabels: RenderLabels = { type: CONFIG_TYPES, outcome: RENDER_OUTCOMES };
    this.renders = metrics.counter({
      name: 'config_renders_total',
      help: 'Renders of a cluster configuration, by how they ended.',
      labels: renderLabels,
    });
    this.renderSeconds = metrics.histogram({
      name: 'config_render_duration_seconds',
      help: 'From the question what a cluster should run to the revision being served, checks included.',
      labels: { type: CONFIG_TYPES },
    });
    const checkLabels: CheckLabels = { tool: TOOLS, outcome: CHECK_OUTCOMES };
    this.checkSeconds = metrics.histogram({
      name: 'config_check_duration_seconds',
      help: 'What promtool and amtool took to judge a file.',
      labels: checkLabels,
    });
    const reportLabels: ReportLabels = { type: CONFIG_TYPES, state: SIDECAR_STATES };
    this.reports = metrics.counter({
      name: 'config_sidecar_reports_total',
      help: 'Reports received from sidecars, by the state they tell.',
      labels: reportLabels,
    });
    metrics.gauge({
      name: 'config_long_polls_open',
      help: 'Requests of sidecars that wait for a newer revision.',
      collect: () => this.openPolls(),
    });
  }

  rendered(type: ConfigType, outcome: RenderOutcome, seconds: number): void {
    this.renders.inc({ type, outcome });
    this.renderSeconds.observe({ type }, seconds);
  }

  checked(tool: ToolName, outcome: CheckOutcome, seconds: number): void {
    this.checkSeconds.observe({ tool, outcome }, seconds);
  }

  reported(type: ConfigType, state: SidecarState): void {
    this.reports.inc({ type, state });
  }

  /** Who knows how many long polls are open. */
  countPollsWith(count: () => number): void {
    this.openPolls = count;
  }
}
