import type { ServiceDefinition } from '@alertagent/service-kit';
import { analysisEntity } from './analyses/analysis.entity';
import { AppModule } from './app.module';
import { actionEntity } from './automation/action.entity';
import { decisionEntity } from './decisions/decision.entity';
import { escalationEntity } from './escalations/escalation.entity';
import { knownIncidentEntity } from './incidents/known-incident.entity';
import { CreateAiTables1764100000000 } from './migrations/1764100000000-create-ai-tables';

/** The ai service as the kit runs it: from an incident to an analysis, a decision and, where needed, an escalation. */
export const aiService: ServiceDefinition = {
  name: 'ai',
  module: AppModule,
  entities: [analysisEntity, decisionEntity, escalationEntity, actionEntity, knownIncidentEntity],
  migrations: [CreateAiTables1764100000000],
};
