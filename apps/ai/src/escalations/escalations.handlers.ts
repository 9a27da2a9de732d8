import {
  escalate,
  listEscalations,
  type Escalate,
  type EscalationPage,
  type EscalationView,
  type ListByIncident,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { EscalationsService } from './escalations.service';

/** What others ask about escalations. */
@Controller()
export class EscalationsHandlers {
  constructor(private readonly escalations: EscalationsService) {}

  @OnRequest(escalate)
  escalate(query: Escalate): Promise<EscalationView> {
    return this.escalations.escalate(query);
  }

  @OnRequest(listEscalations)
  list(query: ListByIncident): Promise<EscalationPage> {
    return this.escalations.list(query);
  }
}
