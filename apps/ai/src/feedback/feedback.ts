import type { AnalysisFeedbackView, Rating } from '@alertagent/contracts';

/** What one person thinks of one analysis. */
export interface Feedback {
  id: string;
  analysisId: string;
  incidentId: string | null;
  rating: Rating;
  correction: string | null;
  /** Id of the token, which may be called otherwise later. */
  personId: string;
  person: string;
  createdAt: Date;
  updatedAt: Date;
}

/** Feedback as others see it. */
export function feedbackView(feedback: Feedback): AnalysisFeedbackView {
  return {
    id: feedback.id,
    analysis_id: feedback.analysisId,
    incident_id: feedback.incidentId,
    rating: feedback.rating,
    correction: feedback.correction,
    person: feedback.person,
    created_at: feedback.createdAt.toISOString(),
    updated_at: feedback.updatedAt.toISOString(),
  };
}

/** From -1 to 1; null before anybody said anything. */
export function feedbackScore({ up, down }: { up: number; down: number }): number | null {
  return up + down === 0 ? null : Math.round((100 * (up - down)) / (up + down)) / 100;
}
