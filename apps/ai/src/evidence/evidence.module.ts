import { Module } from '@nestjs/common';
import { Dossier } from './dossier';
import { RelatedMetrics } from './related-metrics';

@Module({ providers: [Dossier, RelatedMetrics], exports: [Dossier] })
export class EvidenceModule {}
