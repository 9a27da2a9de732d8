import { Module } from '@nestjs/common';
import { AlertEdgeModule } from '../alert-edge.module';
import { AlertWhy } from '../why/alert-why';
import { ArchivedEvents } from '../why/archived-events';
import { DecisionReplays } from '../why/decision-replays';
import { DecisionsController } from '../why/decisions.controller';
import { IncidentWhy } from '../why/incident-why';
import { RuleExplanation } from '../why/rule-explanation';
import { WhyEvents } from '../why/why-events';
import { WhyController } from '../why/why.controller';
import { DryRun } from './dry-run';
import { Policies } from './policies';
import { PoliciesController } from './policies.controller';
import { StoredWebhooks } from './stored-webhooks';
import { WhatIfPlans } from './what-if-plans';
import { WhatIfRuns } from './what-if-runs';
import { WhatIfController } from './what-if.controller';

/** Policies to read, change and try; decisions to explain and take again. */
@Module({
  imports: [AlertEdgeModule],
  controllers: [PoliciesController, WhatIfController, DecisionsController, WhyController],
  providers: [
    Policies,
    DryRun,
    StoredWebhooks,
    WhatIfPlans,
    WhatIfRuns,
    DecisionReplays,
    RuleExplanation,
    ArchivedEvents,
    WhyEvents,
    AlertWhy,
    IncidentWhy,
  ],
})
export class PoliciesModule {}
