import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { scrubSecrets } from '../analysts/scrub-secrets';
import { FeedbackStore } from '../feedback/feedback.store';
import { DifyApi } from './dify-api';
import type { DifyFeedback } from './dify-feedback';

const LONGEST_CONTENT = 2_000;
/** Whom answers were given to; Dify takes opinions of them from nobody else. */
const USER = 'alertagent';

/** Tells Dify what people think of an answer. It knows one opinion per answer: that of most people. */
@Injectable()
export class DifyOpinions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly feedback: FeedbackStore,
    private readonly api: DifyApi,
    private readonly config: AlertAgentConfig,
  ) {}

  /** Whether there is an app whose answers can be rated: runs of workflows are no messages. */
  get areWanted(): boolean {
    return this.config.dify.base() !== undefined && this.config.dify.mode !== 'workflow';
  }

  /** The opinion is read when it is told, so that whatever is told last is what people think now. Errors: DifyRefusal, DifyNotNow; those of the database. */
  async tell({ analysisId, messageId }: DifyFeedback): Promise<void> {
    const { manager } = this.dataSource;
    const { up, down } = await this.feedback.votesOn(manager, analysisId);
    const [correction] = await this.feedback.corrections(manager, analysisId, 1);
    const content = scrubSecrets(correction?.correction ?? '')
      .slice(0, LONGEST_CONTENT)
      .toWellFormed();
    const rating = up === down ? null : up > down ? 'like' : 'dislike';
    await this.api.request({
      method: 'POST',
      path: `/v1/messages/${encodeURIComponent(messageId)}/feedbacks`,
      key: this.config.dify.analyzerKey() ?? '',
      body: { rating, content, user: USER },
    });
  }
}
