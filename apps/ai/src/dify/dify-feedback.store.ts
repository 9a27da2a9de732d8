import { Clock, isUniqueViolation, LostRaceError } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual, type EntityManager } from 'typeorm';
import { ModelCallsStore } from '../budget/model-calls.store';
import { difyFeedbackEntity, type DifyFeedback } from './dify-feedback';

/** What Dify is still to be told of people's opinions. */
@Injectable()
export class DifyFeedbackStore {
  constructor(
    private readonly calls: ModelCallsStore,
    private readonly clock: Clock,
  ) {}

  /** Notes, in the transaction that changes what people think of an analysis, that Dify is to be told, if the answer was its. Errors: LostRaceError. */
  async changed(tx: EntityManager, analysisId: string): Promise<void> {
    const messageId = await this.calls.messageOf(tx, analysisId);
    if (messageId === null) return;
    const dueAt = this.clock.now();
    const { affected } = await tx.update(
      difyFeedbackEntity,
      { analysisId },
      { wanted: () => 'wanted + 1', dueAt, failures: 0, error: null },
    );
    if (affected) return;
    const note = { analysisId, messageId, wanted: 1, told: 0, dueAt, failures: 0, error: null };
    try {
      await tx.insert(difyFeedbackEntity, note);
    } catch (error) {
      throw isUniqueViolation(error) ? new LostRaceError(error) : error;
    }
  }

  due(manager: EntityManager, now: Date, limit: number): Promise<DifyFeedback[]> {
    return manager.find(difyFeedbackEntity, {
      where: { dueAt: LessThanOrEqual(now) },
      order: { dueAt: 'ASC' },
      take: limit,
    });
  }

  /** How many there were. */
  async deleteOf(tx: EntityManager, analysisIds: readonly string[]): Promise<number> {
    const { affected } = await tx.delete(difyFeedbackEntity, { analysisId: In([...analysisIds]) });
    return affected ?? 0;
  }

  /** Takes one as it was read, until `until`; false when another instance was faster. */
  async take(tx: EntityManager, { analysisId, dueAt, wanted }: DifyFeedback, until: Date): Promise<boolean> {
    if (!dueAt) return false;
    const { affected } = await tx.update(difyFeedbackEntity, { analysisId, dueAt, wanted }, { dueAt: until });
    return affected === 1;
  }

  /**
   * Writes down what came of telling; what changed meanwhile is told again, even if another instance told it already: nobody knows which of the
   * two Dify heard last.
   */
  async ended(tx: EntityManager, seen: DifyFeedback, changes: Partial<DifyFeedback>): Promise<void> {
    const { analysisId, wanted } = seen;
    const { affected } = await tx.update(difyFeedbackEntity, { analysisId, wanted }, changes);
    if (!affected) await tx.update(difyFeedbackEntity, { analysisId }, { dueAt: this.clock.now() });
  }
}
