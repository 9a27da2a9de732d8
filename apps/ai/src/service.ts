import type { ServiceDefinition } from '@alertagent/service-kit';
import { analysisEntity } from './analyses/analysis.entity';
import { AppModule } from './app.module';
import { actionEntity } from './automation/action.entity';
import { killSwitchEntity } from './automation/kill-switch';
import { deadLetterEntity } from './dead-letters/dead-letter.entity';
import { budgetLockEntity, modelCallEntity } from './budget/model-call.entity';
import { decisionEntity } from './decisions/decision.entity';
import { decisionPolicyEntity } from './decisions/decision-policy.entity';
import { difyDocumentEntity } from './knowledge/dify/dify-document';
import { difyFeedbackEntity } from './dify/dify-feedback';
import { workflowEvidenceEntity } from './evidence/workflow-evidence.entity';
import { escalationEntity } from './escalations/escalation.entity';
import { knownIncidentEntity } from './incidents/known-incident.entity';
import { feedbackEntity } from './feedback/feedback.entity';
import { knowledgeDocumentEntity, knowledgeVersionEntity } from './knowledge/knowledge-document.entity';
import { laneEntity } from './lanes/lane';
import { CreateAiTables1764100000000 } from './migrations/1764100000000-create-ai-tables';
import { Automation1767700000000 } from './migrations/1767700000000-automation';
import { Knowledge1768200000000 } from './migrations/1768200000000-knowledge';
import { Feedback1768300000000 } from './migrations/1768300000000-feedback';
import { DeadLetters1768410000000 } from './migrations/1768410000000-dead-letters';
import { ModelCalls1768400000000 } from './migrations/1768400000000-model-calls';
import { DifyCopies1768420000000 } from './migrations/1768420000000-dify-copies';
import { Retention1768430000000 } from './migrations/1768430000000-retention';
import { WorkflowEvidence1768440000000 } from './migrations/1768440000000-workflow-evidence';
import { suggestionEntity } from './suggestions/suggestion.entity';

/** The ai service as the kit runs it: from an incident to an analysis, a decision and, where needed, an escalation. */
export const aiService: ServiceDefinition = {
  name: 'ai',
  module: AppModule,
  entities: [
    analysisEntity,
    laneEntity,
    deadLetterEntity,
    decisionEntity,
    decisionPolicyEntity,
    escalationEntity,
    workflowEvidenceEntity,
    actionEntity,
    killSwitchEntity,
    suggestionEntity,
    knownIncidentEntity,
    knowledgeDocumentEntity,
    knowledgeVersionEntity,
    feedbackEntity,
    budgetLockEntity,
    modelCallEntity,
    difyFeedbackEntity,
    difyDocumentEntity,
  ],
  migrations: [
    CreateAiTables1764100000000,
    Automation1767700000000,
    Knowledge1768200000000,
    Feedback1768300000000,
    ModelCalls1768400000000,
    DeadLetters1768410000000,
    DifyCopies1768420000000,
    Retention1768430000000,
    WorkflowEvidence1768440000000,
  ],
};
