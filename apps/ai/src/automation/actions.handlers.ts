import {
  getAction,
  listActions,
  requestAction,
  type ActionPage,
  type ActionView,
  type ById,
  type ListByIncident,
  type RequestAction,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ActionsService } from './actions.service';

/** What others ask about actions. */
@Controller()
export class ActionsHandlers {
  constructor(private readonly actions: ActionsService) {}

  @OnRequest(requestAction)
  request(query: RequestAction): Promise<ActionView> {
    return this.actions.request(query);
  }

  @OnRequest(getAction)
  get({ id }: ById): Promise<ActionView> {
    return this.actions.get(id);
  }

  @OnRequest(listActions)
  list(query: ListByIncident): Promise<ActionPage> {
    return this.actions.list(query);
  }
}
