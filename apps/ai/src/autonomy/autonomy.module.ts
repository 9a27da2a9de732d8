import { Module } from '@nestjs/common';
import { AutomationModule } from '../automation/automation.module';
import { SuggestionsModule } from '../suggestions/suggestions.module';
import { AutonomyHandlers } from './autonomy.handlers';
import { AutonomyService } from './autonomy.service';
import { AutonomyViews } from './autonomy-views';
import { OpenGates } from './open-gates';
import { SuggestionRecord } from './suggestion-record';

@Module({
  imports: [AutomationModule, SuggestionsModule],
  controllers: [AutonomyHandlers],
  providers: [AutonomyService, AutonomyViews, OpenGates, SuggestionRecord],
  exports: [SuggestionRecord],
})
export class AutonomyModule {}
