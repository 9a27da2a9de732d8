import { Metrics } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

const OUTCOMES = [
  'agreed',
  /** Each is a defect. */
  'disagreed',
  /** It disagreed once more on what people have dismissed. */
  'dismissed',
  /** Promtool hung, broke or could not be run. */
  'not_judged',
  /** Too large, too many at once, or nothing that a file can say. */
  'left_out',
] as const;
export type Judgement = (typeof OUTCOMES)[number];

/** How often promtool agrees. */
@Injectable()
export class SecondJudgeMetrics {
  private readonly total;

  constructor(metrics: Metrics) {
    this.total = metrics.counter({
      name: 'rule_second_judgements_total',
      help: 'Rules and rule files put before promtool after our own verdict.',
      labels: { outcome: OUTCOMES },
    });
  }

  count(outcome: Judgement): void {
    this.total.inc({ outcome });
  }
}
