import type { EvidenceItem } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { WorkflowEvidence } from './workflow-evidence';
import { workflowEvidenceEntity } from './workflow-evidence.entity';

/** What workflows were given, kept until they are over: a claim is held against what its analyst saw, not against what there is later. */
@Injectable()
export class WorkflowEvidenceStore {
  /** Replaces what earlier attempts to start the same workflows were given. */
  async putAll(tx: EntityManager, given: readonly WorkflowEvidence[]): Promise<void> {
    await tx.delete(workflowEvidenceEntity, { analysisId: In(given.map(({ analysisId }) => analysisId)) });
    // One by one: together they could be larger than a database takes in one piece.
    for (const one of given) await tx.insert(workflowEvidenceEntity, one);
  }

  /** Nothing for an analysis that is over, or that no workflow was started for. */
  async of(manager: EntityManager, analysisId: string): Promise<EvidenceItem[]> {
    const given = await manager.findOneBy(workflowEvidenceEntity, { analysisId });
    return (given?.items ?? []) as EvidenceItem[];
  }

  async dropAll(tx: EntityManager, analysisIds: readonly string[]): Promise<void> {
    await tx.delete(workflowEvidenceEntity, { analysisId: In([...analysisIds]) });
  }
}
