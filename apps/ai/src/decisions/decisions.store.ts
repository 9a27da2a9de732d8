import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { StoredDecision } from './decision';
import { decisionEntity } from './decision.entity';

/** Decisions; each run of an analysis leads to one and no more. */
@Injectable()
export class DecisionsStore {
  /** Errors: a unique violation when this run of the analysis has a decision already. */
  async insertAll(tx: EntityManager, decisions: readonly StoredDecision[]): Promise<void> {
    if (decisions.length > 0) await tx.insert(decisionEntity, [...decisions]);
  }

  /** Newest first. */
  newest(manager: EntityManager, limit: number): Promise<StoredDecision[]> {
    return manager.find(decisionEntity, { order: { id: 'DESC' }, take: limit });
  }

  async ofAnalysis(manager: EntityManager, analysisId: string): Promise<StoredDecision | null> {
    return (await this.ofAnalyses(manager, [analysisId])).get(analysisId) ?? null;
  }

  /** Deletes all decisions on these analyses; how many there were. */
  async deleteOf(tx: EntityManager, analysisIds: readonly string[]): Promise<number> {
    const { affected } = await tx.delete(decisionEntity, { analysisId: In([...analysisIds]) });
    return affected ?? 0;
  }

  /** The latest decisions by the id of their analysis. */
  async ofAnalyses(manager: EntityManager, analysisIds: readonly string[]): Promise<Map<string, StoredDecision>> {
    const found =
      analysisIds.length === 0
        ? []
        : await manager.find(decisionEntity, { where: { analysisId: In([...analysisIds]) }, order: { run: 'ASC' } });
    return new Map(found.map((decision) => [decision.analysisId, decision]));
  }
}
