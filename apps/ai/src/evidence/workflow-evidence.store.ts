import type { EvidenceItem } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { workflowEvidenceEntity } from './workflow-evidence.entity';

/** What workflows were given, kept until they are over: a claim is held against what its analyst saw, not against what there is later. */
@Injectable()
export class WorkflowEvidenceStore {
  /** Replaces what an earlier attempt to start the same workflow was given. */
  async put(tx: EntityManager, analysisId: string, items: EvidenceItem[], now: Date): Promise<void> {
    await tx.delete(workflowEvidenceEntity, { analysisId });
    await tx.insert(workflowEvidenceEntity, { analysisId, items, createdAt: now });
  }

  /** Nothing for an analysis that is over, or that no workflow was started for. */
  async of(manager: EntityManager, analysisId: string): Promise<EvidenceItem[]> {
    const given = await manager.findOneBy(workflowEvidenceEntity, { analysisId });
    return (given?.items ?? []) as EvidenceItem[];
  }

  async drop(tx: EntityManager, analysisId: string): Promise<void> {
    await tx.delete(workflowEvidenceEntity, { analysisId });
  }
}
