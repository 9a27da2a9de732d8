import {
  analysisCompleted,
  decisionMade,
  escalationRaised,
  type AnalysisCompleted,
  type DecisionMade,
  type EscalationRaised,
} from '@alertagent/contracts';
import { Inbox, OnEvent, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { IncidentProjection } from './incident-projection';

/** Takes in what the ai service announces about incidents. */
@Controller()
export class IncidentFactsHandlers {
  constructor(
    private readonly inbox: Inbox,
    private readonly incidents: IncidentProjection,
  ) {}

  @OnEvent(analysisCompleted)
  async onAnalysed({ incident_id, analysis }: AnalysisCompleted, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, (tx) => this.incidents.analysed(tx, incident_id, analysis));
  }

  @OnEvent(decisionMade)
  async onDecided({ decision }: DecisionMade, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, (tx) => this.incidents.decided(tx, decision));
  }

  @OnEvent(escalationRaised)
  async onEscalated({ escalation }: EscalationRaised, delivery: Delivery): Promise<void> {
    await this.inbox.once(delivery, (tx) => this.incidents.escalated(tx, escalation));
  }
}
