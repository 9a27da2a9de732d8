import { severityRank } from '@alertagent/alerting';
import { LOGGER, Metrics, type CounterMetric, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { HiddenAlerts } from './hidden-alerts';

const SEVERITIES = ['none', 'info', 'low', 'warning', 'high', 'critical'] as const;
const MOST_SUPPRESSIONS = 500;

interface Seen {
  severities: Set<string>;
  newest: string;
}

/** Notices when a suppression starts to hide a severity that it has not hidden before: it may hide more than its owner meant. */
@Injectable()
export class SeverityNotices {
  private readonly seen = new Map<string, Seen>();
  private readonly notices: CounterMetric<{ severity: typeof SEVERITIES }>;
  private readonly log: Logger;
  private last = '';

  constructor(
    private readonly hidden: HiddenAlerts,
    metrics: Metrics,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('suppressions');
    this.notices = metrics.counter({
      name: 'suppression_new_severity_total',
      help: 'Times a suppression began to hide a severity that it had not hidden before, by rank of that severity.',
      labels: { severity: SEVERITIES },
    });
  }

  /** Returns what was noticed. Errors: ServiceError `unavailable`. */
  async sweep(): Promise<{ suppression_id: string; severity: string | null }[]> {
    const ids = await this.hidden.suppressions(this.last, MOST_SUPPRESSIONS);
    this.last = ids.length < MOST_SUPPRESSIONS ? '' : ids.at(-1)!;
    const noticed: { suppression_id: string; severity: string | null }[] = [];
    for (const suppression_id of ids) {
      for (const severity of await this.look(suppression_id)) {
        noticed.push({ suppression_id, severity });
        this.notices.inc({ severity: SEVERITIES[severityRank(severity)] ?? 'none' });
        this.log.warn({ suppression_id, severity }, 'a suppression hides a severity that it has not hidden before');
      }
    }
    return noticed;
  }

  private async look(id: string): Promise<(string | null)[]> {
    const known = this.seen.get(id);
    const rows = await this.hidden.severities(id, known?.newest ?? '');
    const seen = known ?? { severities: new Set<string>(), newest: '' };
    const added = rows.filter(({ severity }) => !seen.severities.has(severity ?? ''));
    for (const { severity, newest } of rows) {
      seen.severities.add(severity ?? '');
      if (newest > seen.newest) seen.newest = newest;
    }
    this.seen.set(id, seen);
    // What it hid first is what it is for.
    return known ? added.map(({ severity }) => severity) : [];
  }
}
