import {
  ServiceError,
  type Actor,
  type DeadLetterPage,
  type DeleteDeadLetters,
  type HandleDeadLetter,
  type ListDeadLetters,
  type ReplayedAnalysis,
  type ReplayWorkflow,
  type WorkflowReplay,
} from '@alertagent/contracts';
import { AuditLog, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AnalysesStore } from '../analyses/analyses.store';
import { pageOf, pagePosition } from '../requests/page';
import type { DeadLetter } from './dead-letter';
import { letterView } from './dead-letter-view';
import { DeadLettersStore } from './dead-letters.store';
import { Replay } from './replay';

/** Letters handled by one request for all of a workflow. */
const BATCH = 100;

/** What people do about runs of workflows that never were. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly letters: DeadLettersStore,
    private readonly analyses: AnalysesStore,
    private readonly replay: Replay,
    private readonly audit: AuditLog,
  ) {}

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ workflow, kind, ...page }: ListDeadLetters): Promise<DeadLetterPage> {
    const { manager } = this.dataSource;
    const position = pagePosition(page);
    const found = await this.letters.list(manager, { workflow, kind }, position);
    const states = await this.analyses.statesOf(
      manager,
      found.map(({ analysisId }) => analysisId),
    );
    const byId = new Map(states.map((state) => [state.id, state]));
    return pageOf(found, position.limit, (letter) => letterView(letter, byId.get(letter.analysisId) ?? null));
  }

  /** Errors: `not_found`; `conflict` when the analysis has a result or is being worked on. */
  async replayOne({ id, actor }: HandleDeadLetter): Promise<ReplayedAnalysis> {
    return this.replay.replay(await this.letter(id), actor);
  }

  /** Oldest first. What is stale stays: nobody waits for it; it can be replayed one by one. */
  async replayAll({ workflow, cursor, actor }: ReplayWorkflow): Promise<WorkflowReplay> {
    const { before: after } = pagePosition({ cursor });
    const found = await this.letters.wanted(this.dataSource.manager, workflow, after ?? '', BATCH);
    let replayed = 0;
    for (const letter of found) if (await this.isReplayed(letter, actor)) replayed += 1;
    const next_cursor = found.length < BATCH ? null : (found.at(-1)?.id ?? null);
    return { replayed, refused: found.length - replayed, next_cursor };
  }

  /** The analysis stays as it is. Errors: `not_found`. */
  async delete({ id, actor }: HandleDeadLetter): Promise<void> {
    const letter = await this.letter(id);
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await this.letters.delete(tx, id))) throw noSuchLetter();
      await this.audit.record(tx, {
        actor,
        action: 'dead_letter.deleted',
        resource_type: 'analysis',
        resource_id: letter.analysisId,
        before: letterView(letter, null),
      });
    });
  }

  /** All of a workflow, or those of one kind. */
  async deleteAll({ workflow, kind, actor }: DeleteDeadLetters): Promise<number> {
    return inTransaction(this.dataSource, async (tx) => {
      const deleted = await this.letters.deleteAll(tx, workflow, kind ?? null);
      await this.audit.record(tx, {
        actor,
        action: 'dead_letters.deleted',
        resource_type: 'workflow',
        resource_id: workflow,
        after: { kind: kind ?? null, deleted },
      });
      return deleted;
    });
  }

  private async isReplayed(letter: DeadLetter, actor: Actor): Promise<boolean> {
    try {
      await this.replay.replay(letter, actor);
      return true;
    } catch (error) {
      // It has a result, or somebody else was faster.
      if (error instanceof ServiceError && (error.code === 'conflict' || error.code === 'not_found')) return false;
      throw error;
    }
  }

  private async letter(id: string): Promise<DeadLetter> {
    const letter = await this.letters.find(this.dataSource.manager, id);
    if (!letter) throw noSuchLetter();
    return letter;
  }
}

const noSuchLetter = (): ServiceError => new ServiceError('not_found', 'there is no such dead letter');
