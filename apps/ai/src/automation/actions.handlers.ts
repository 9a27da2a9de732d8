import {
  decideAction,
  getAction,
  getKillSwitches,
  listActions,
  listCatalogue,
  requestAction,
  setKillSwitch,
  settleAction,
  type ActionPage,
  type ActionView,
  type ById,
  type CataloguePage,
  type DecideAction,
  type KillSwitches,
  type ListActions,
  type RequestAction,
  type SetKillSwitch,
  type SettleAction,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ActionQueries } from './action-queries';
import { ActionRequests } from './action-requests';
import { ActionVerdicts } from './action-verdicts';
import { ActionWorker } from './action-worker';
import { KillSwitchesService } from './kill-switches.service';

/** What others ask about actions. */
@Controller()
export class ActionsHandlers {
  constructor(
    private readonly requests: ActionRequests,
    private readonly verdicts: ActionVerdicts,
    private readonly queries: ActionQueries,
    private readonly switches: KillSwitchesService,
    private readonly worker: ActionWorker,
  ) {}

  @OnRequest(requestAction)
  request(query: RequestAction): Promise<ActionView> {
    return this.requests.request(query);
  }

  @OnRequest(decideAction)
  async decide(query: DecideAction): Promise<ActionView> {
    const view = await this.verdicts.decide(query);
    this.worker.ring();
    return view;
  }

  @OnRequest(settleAction)
  settle(query: SettleAction): Promise<ActionView> {
    return this.verdicts.settle(query);
  }

  @OnRequest(getAction)
  get({ id }: ById): Promise<ActionView> {
    return this.queries.get(id);
  }

  @OnRequest(listActions)
  list(query: ListActions): Promise<ActionPage> {
    return this.queries.list(query);
  }

  @OnRequest(listCatalogue)
  catalogue(): Promise<CataloguePage> {
    return this.queries.catalogue();
  }

  @OnRequest(getKillSwitches)
  killSwitches(): Promise<KillSwitches> {
    return this.switches.get();
  }

  @OnRequest(setKillSwitch)
  setKillSwitch(query: SetKillSwitch): Promise<KillSwitches> {
    return this.switches.set(query);
  }
}
