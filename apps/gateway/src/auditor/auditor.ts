import { Clock, LOGGER, Metrics, RepeatedWork, type GaugeMetric, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditChecks } from './audit-checks';
import { FINDING_KINDS } from './checks';
import { Findings } from './findings';

const EVERY_MS = 30_000;
const MAX_PAUSE_MS = 300_000;
/** The ledger reads every account; each tenth look is enough. */
const LEDGER_EVERY = 10;

/** Looks again and again for work that does not go on, and raises it. That the auditor itself runs is seen by the age of its last look. */
@Injectable()
export class Auditor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated: RepeatedWork;
  private readonly gauge: GaugeMetric<{ kind: typeof FINDING_KINDS }>;
  private readonly looked: GaugeMetric<Record<never, never>>;
  private looks = 0;

  constructor(
    private readonly checks: AuditChecks,
    private readonly findings: Findings,
    private readonly clock: Clock,
    metrics: Metrics,
    @Inject(LOGGER) log: Logger,
  ) {
    this.gauge = metrics.gauge({
      name: 'gateway_findings',
      help: 'Work of the alert path that is stuck, by kind.',
      labels: { kind: FINDING_KINDS },
    });
    this.looked = metrics.gauge({
      name: 'gateway_audit_timestamp_seconds',
      help: 'When the auditor last looked for stuck work.',
    });
    this.repeated = new RepeatedWork({
      everyMs: EVERY_MS,
      maxPauseMs: MAX_PAUSE_MS,
      work: () => this.look(),
      onFailure: (error) => log.component('auditor').warn({ error }, 'the auditor could not look; trying again'),
    });
  }

  onApplicationBootstrap(): void {
    this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  /** One look at everything. Errors: those of the database. */
  async look(): Promise<void> {
    const now = this.clock.now().getTime();
    const { found, looked } = await this.checks.run(now, this.looks % LEDGER_EVERY === 0);
    this.looks += 1;
    const open = await this.findings.update(found, looked);
    for (const kind of FINDING_KINDS) this.gauge.set({ kind }, open.filter((finding) => finding.kind === kind).length);
    this.looked.set({}, now / 1000);
  }
}
