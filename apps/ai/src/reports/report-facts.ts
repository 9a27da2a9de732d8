import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AnalysesStore } from '../analyses/analyses.store';
import { ActionsStore } from '../automation/actions.store';
import { FeedbackStore } from '../feedback/feedback.store';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';
import { SuggestionsStore } from '../suggestions/suggestions.store';
import type { IsoWeek } from './iso-week';
import type { SuggestionFact, WeekFacts } from './weekly-report';

const MINUTE_MS = 60_000;

/** Where the facts of a report are. */
@Injectable()
export class ReportFacts {
  constructor(
    private readonly analyses: AnalysesStore,
    private readonly feedback: FeedbackStore,
    private readonly suggestions: SuggestionsStore,
    private readonly actions: ActionsStore,
    private readonly incidents: KnownIncidentsStore,
  ) {}

  /** What happened in a week. Errors: those of the database. */
  async of({ manager }: DataSource, { from, to }: IsoWeek): Promise<WeekFacts> {
    const [analyses, votes, suggested, resolutionsMs] = await Promise.all([
      this.analyses.countsIn(manager, from, to),
      this.feedback.votesIn(manager, from, to),
      this.suggestions.madeIn(manager, from, to),
      this.incidents.resolutionsIn(manager, from, to),
    ]);
    const begun = await this.actions.begun(
      manager,
      suggested.flatMap(({ actionId }) => actionId ?? []),
    );
    const suggestions = suggested.map(({ rule, actionType, confidence, wasRight, actionId }): SuggestionFact => ({
      rule,
      actionType,
      confidence,
      wasRight,
      isDone: actionId !== null && begun.has(actionId),
    }));
    return { analyses, votes, suggestions, resolutions: resolutionsMs.map((ms) => ms / MINUTE_MS) };
  }
}
