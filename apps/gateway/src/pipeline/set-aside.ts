import { alertTexts } from '@alertagent/alerting';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ClaimedWebhook } from '../intake/claimed-webhook';
import { InboxQueue } from '../intake/inbox-queue';
import type { RefusedAlert } from './batch';
import { recordRefused } from './record';

/** The code under which alerts are quarantined that the pipeline itself could not cope with. */
export const PIPELINE_FAILED = 'pipeline_failed';

/**
 * The way out for a webhook that always fails: all its alerts go into quarantine with the reason, so that nothing is dropped and
 * nothing behind it waits.
 */
@Injectable()
export class SetAside {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly inbox: InboxQueue,
  ) {}

  /** Quarantines every alert of one waiting webhook. Returns how many; 0 when it does not wait any more. */
  async quarantine(id: string, reason: string): Promise<number> {
    return inTransaction(this.dataSource, async (tx) => {
      const [webhook] = await this.inbox.claim(tx, 0, id);
      if (!webhook) return 0;
      const refused: RefusedAlert[] = [];
      const raw = textsOf(webhook);
      const detail = `the pipeline failed on it: ${reason}`.slice(0, 1000).toWellFormed();
      for (let index = 0; index < webhook.alert_count; index++) {
        const code = PIPELINE_FAILED;
        refused.push({ webhook, index, code, pointer: `/alerts/${index}`, detail, raw: raw[index] ?? 'null' });
      }
      await recordRefused(tx, refused, this.clock.now().getTime());
      await this.inbox.finish(tx, [webhook]);
      return webhook.alert_count;
    });
  }
}

function textsOf(webhook: ClaimedWebhook): string[] {
  try {
    return alertTexts(webhook.format, webhook.body, webhook.mapping);
  } catch {
    // Not even JSON any more; the inbox row keeps it as it is.
    return [];
  }
}
