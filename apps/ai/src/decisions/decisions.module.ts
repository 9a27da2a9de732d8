import { Module } from '@nestjs/common';
import { AutonomyModule } from '../autonomy/autonomy.module';
import { EscalationsModule } from '../escalations/escalations.module';
import { DecisionEngine } from './decision-engine';
import { DecisionPoliciesService } from './decision-policies.service';
import { DecisionPoliciesStore } from './decision-policies.store';
import { DecisionRecord } from './decision-record';
import { DecisionsHandlers } from './decisions.handlers';
import { DecisionsStore } from './decisions.store';

@Module({
  imports: [AutonomyModule, EscalationsModule],
  controllers: [DecisionsHandlers],
  providers: [DecisionEngine, DecisionPoliciesService, DecisionPoliciesStore, DecisionRecord, DecisionsStore],
  exports: [DecisionRecord, DecisionsStore],
})
export class DecisionsModule {}
