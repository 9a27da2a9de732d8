import { Module } from '@nestjs/common';
import { Dossier } from './dossier';
import { RelatedMetrics } from './related-metrics';
import { WorkflowEvidenceStore } from './workflow-evidence.store';

@Module({ providers: [Dossier, RelatedMetrics, WorkflowEvidenceStore], exports: [Dossier, WorkflowEvidenceStore] })
export class EvidenceModule {}
