import {
  getCalibration,
  giveSuggestionFeedback,
  listAutonomy,
  listSuggestions,
  type AutonomyPage,
  type CalibrationView,
  type GiveSuggestionFeedback,
  type ListSuggestions,
  type SuggestionPage,
  type SuggestionView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { AutonomyService } from './autonomy.service';

/** What others ask about suggestions and their record. */
@Controller()
export class AutonomyHandlers {
  constructor(private readonly autonomy: AutonomyService) {}

  @OnRequest(listSuggestions)
  suggestions(query: ListSuggestions): Promise<SuggestionPage> {
    return this.autonomy.list(query);
  }

  @OnRequest(giveSuggestionFeedback)
  feedback(query: GiveSuggestionFeedback): Promise<SuggestionView> {
    return this.autonomy.feedback(query);
  }

  @OnRequest(listAutonomy)
  records(): Promise<AutonomyPage> {
    return this.autonomy.autonomy();
  }

  @OnRequest(getCalibration)
  calibration(): Promise<CalibrationView> {
    return this.autonomy.calibration();
  }
}
