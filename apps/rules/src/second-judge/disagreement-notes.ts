import { createHash } from 'node:crypto';
import type { JudgedFile } from '@alertagent/alerting';
import { Clock, inTransaction, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DisagreementsStore, type NewDisagreement } from './disagreements.store';

/** Characters of a text in the log. */
const LOGGED = 4_000;

/** What promtool and we judge differently. */
export type Disagreement = Omit<NewDisagreement, 'textHash' | 'valid' | 'text'> & { file: JudgedFile };

/** Writes down what promtool judges differently, for people who mend it. */
@Injectable()
export class DisagreementNotes {
  private readonly log: Logger;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: DisagreementsStore,
    private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('second-judge');
  }

  /** Logged as a defect unless it was dismissed; answers whether it was. */
  async note({ file, source, ruleId, ruleVersion, promtool, reason }: Disagreement): Promise<boolean> {
    const { text, valid } = file;
    const textHash = createHash('sha256').update(text).digest('hex');
    const found = { textHash, source, ruleId, ruleVersion, promtool, valid, reason, text };
    let isDismissed = false;
    try {
      isDismissed = await inTransaction(this.dataSource, (tx) => this.store.note(tx, found, this.clock.now()));
      return isDismissed;
    } finally {
      const ids = { rule_id: ruleId, rule_version: ruleVersion };
      const said = { promtool, valid, reason, source, ...ids, text: text.slice(0, LOGGED) };
      if (!isDismissed) this.log.error(said, 'Defect: promtool judges a rule differently than we do');
    }
  }
}
