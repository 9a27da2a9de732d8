import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { StoredDecision } from './decision';
import { decisionEntity } from './decision.entity';

/** Decisions; each analysis leads to one and no more. */
@Injectable()
export class DecisionsStore {
  /** Errors: a unique violation when the analysis has a decision already. */
  async insert(tx: EntityManager, decision: StoredDecision): Promise<void> {
    await tx.insert(decisionEntity, decision);
  }

  /** Newest first. */
  newest(manager: EntityManager, limit: number): Promise<StoredDecision[]> {
    return manager.find(decisionEntity, { order: { id: 'DESC' }, take: limit });
  }

  async ofAnalysis(manager: EntityManager, analysisId: string): Promise<StoredDecision | null> {
    return (await this.ofAnalyses(manager, [analysisId])).get(analysisId) ?? null;
  }

  /** Decisions by the id of their analysis. */
  async ofAnalyses(manager: EntityManager, analysisIds: readonly string[]): Promise<Map<string, StoredDecision>> {
    const found =
      analysisIds.length === 0 ? [] : await manager.findBy(decisionEntity, { analysisId: In([...analysisIds]) });
    return new Map(found.map((decision) => [decision.analysisId, decision]));
  }
}
