import {
  listDecisionPolicies,
  replayDecisions,
  setDecisionPolicy,
  tryDecisionPolicy,
  type DecisionPolicyPage,
  type DecisionPolicyView,
  type DecisionReplay,
  type DecisionTrial,
  type PageQuery,
  type ReplayDecisions,
  type SetDecisionPolicy,
  type TryDecisionPolicy,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { DecisionPoliciesService } from './decision-policies.service';

/** What others ask about decisions and the policies they are made by. */
@Controller()
export class DecisionsHandlers {
  constructor(private readonly policies: DecisionPoliciesService) {}

  @OnRequest(listDecisionPolicies)
  list(query: PageQuery): Promise<DecisionPolicyPage> {
    return this.policies.list(query);
  }

  @OnRequest(setDecisionPolicy)
  set(query: SetDecisionPolicy): Promise<DecisionPolicyView> {
    return this.policies.set(query);
  }

  @OnRequest(tryDecisionPolicy)
  try(query: TryDecisionPolicy): Promise<DecisionTrial> {
    return this.policies.try(query);
  }

  @OnRequest(replayDecisions)
  replay(query: ReplayDecisions): Promise<DecisionReplay> {
    return this.policies.replay(query);
  }
}
