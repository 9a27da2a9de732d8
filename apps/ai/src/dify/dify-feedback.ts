import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What people think of an answer of Dify is to be told it, and was told it. */
export interface DifyFeedback {
  analysisId: string;
  messageId: string;
  /** Counted up by each change of what people think. */
  wanted: number;
  /** The change that Dify was told of last; 0 before the first. */
  told: number;
  /** When it is tried next; null when there is nothing to tell. */
  dueAt: Date | null;
  /** Failures in a row. */
  failures: number;
  error: string | null;
}

export const difyFeedbackEntity = new EntitySchema<DifyFeedback>({
  name: 'dify_feedback',
  columns: {
    analysisId: { name: 'analysis_id', type: 'varchar', length: 36, primary: true },
    messageId: { name: 'message_id', type: 'varchar', length: 100 },
    wanted: { type: 'int' },
    told: { type: 'int' },
    dueAt: { name: 'due_at', type: 'bigint', nullable: true, transformer: epochMs },
    failures: { type: 'int' },
    error: { type: 'longtext', nullable: true },
  },
  indices: [{ name: 'IX_dify_feedback_due', columns: ['dueAt'] }],
});
