import { Module } from '@nestjs/common';
import { EscalationsModule } from '../escalations/escalations.module';
import { DecisionEngine } from './decision-engine';
import { DecisionRecord } from './decision-record';
import { DecisionsStore } from './decisions.store';

@Module({
  imports: [EscalationsModule],
  providers: [DecisionEngine, DecisionRecord, DecisionsStore],
  exports: [DecisionRecord, DecisionsStore],
})
export class DecisionsModule {}
