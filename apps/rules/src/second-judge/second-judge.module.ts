import { Module } from '@nestjs/common';
import { PromtoolModule } from '../promtool/promtool.module';
import { DisagreementNotes } from './disagreement-notes';
import { DisagreementsReader } from './disagreements-reader';
import { DisagreementsHandlers } from './disagreements.handlers';
import { DisagreementsStore } from './disagreements.store';
import { Dismissals } from './dismissals';
import { SavedRules } from './saved-rules';
import { SecondJudge } from './second-judge';
import { SecondJudgeMetrics } from './second-judge.metrics';

/** Promtool as a second judge of rules, and what it judged differently. */
@Module({
  imports: [PromtoolModule],
  controllers: [DisagreementsHandlers],
  providers: [
    DisagreementNotes,
    DisagreementsReader,
    DisagreementsStore,
    Dismissals,
    SavedRules,
    SecondJudge,
    SecondJudgeMetrics,
  ],
  exports: [SavedRules, SecondJudge],
})
export class SecondJudgeModule {}
