import { calibrationCurve, recalibrated, WARM_UP } from '@alertagent/alerting';
import {
  ServiceError,
  type AutonomyPage,
  type CalibrationView,
  type GiveSuggestionFeedback,
  type ListSuggestions,
  type SuggestionPage,
  type SuggestionView,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pageOf, pagePosition } from '../requests/page';
import { suggestionView } from '../suggestions/suggestion';
import { SuggestionsStore } from '../suggestions/suggestions.store';
import { AutonomyViews } from './autonomy-views';

/** Outcomes that calibration is worked out from. */
const MAX_FORECASTS = 5_000;

/** What people ask about suggestions and their record, and what they say about them. */
@Injectable()
export class AutonomyService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly suggestions: SuggestionsStore,
    private readonly views: AutonomyViews,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ incident_id, action_type, outlook, ...page }: ListSuggestions): Promise<SuggestionPage> {
    const position = pagePosition(page);
    const filter = { incidentId: incident_id, actionType: action_type, outlook };
    const found = await this.suggestions.list(this.dataSource.manager, filter, position);
    return pageOf(found, position.limit, suggestionView);
  }

  /** Errors: `not_found`; `conflict` when a check has shown how it turned out. */
  async feedback({ id, verdict, comment, actor }: GiveSuggestionFeedback): Promise<SuggestionView> {
    return inTransaction(this.dataSource, async (tx) => {
      const before = await this.suggestions.find(tx, id);
      if (!before) throw new ServiceError('not_found', 'there is no such suggestion');
      if (before.shownBy === 'post_check')
        throw new ServiceError('conflict', 'a check has shown how it turned out; that counts');
      await this.suggestions.show(tx, id, { wasRight: verdict === 'accepted', by: 'feedback', now: this.clock.now() });
      const view = suggestionView((await this.suggestions.find(tx, id)) ?? before);
      await this.audit.record(tx, {
        actor,
        action: `suggestion.${verdict}`,
        resource_type: 'suggestion',
        resource_id: id,
        before: suggestionView(before),
        after: { ...view, comment: comment ?? null },
      });
      return view;
    });
  }

  autonomy(): Promise<AutonomyPage> {
    return this.views.page(this.dataSource.manager);
  }

  async calibration(): Promise<CalibrationView> {
    const history = await this.suggestions.forecasts(this.dataSource.manager, MAX_FORECASTS);
    return {
      outcomes: history.length,
      warm_up: WARM_UP,
      stated: calibrationCurve(history),
      recalibrated: calibrationCurve(recalibrated(history)),
    };
  }
}
