import type { Claim } from '@alertagent/alerting';
import type { AnalysisResult } from '@alertagent/contracts';

/** How an analysis ended. A failed one may still have text worth reading; it counts for nothing in the decision. */
export type AnalystOutcome =
  | { status: 'completed'; result: AnalysisResult; claims?: Claim[] }
  | { status: 'failed'; error: string; result?: AnalysisResult | null; claims?: Claim[] };

const MAX_ACTIONS = 20;

/** Cuts a result to what the contract allows, so that a talkative analyst can't make its own analysis unstorable. */
export function boundedResult(result: AnalysisResult): AnalysisResult {
  return {
    root_cause: cut(result.root_cause, 20_000),
    severity_score: result.severity_score ?? null,
    confidence: result.confidence ?? null,
    suggested_actions: result.suggested_actions.slice(0, MAX_ACTIONS).map((action) => cut(action, 4_000)),
    estimated_resolution_time: optional(result.estimated_resolution_time, 100),
    similar_incidents: result.similar_incidents
      .slice(0, MAX_ACTIONS)
      .map(({ incident_id, similarity, resolution }) => ({
        incident_id: cut(incident_id, 100),
        similarity,
        resolution: optional(resolution, 4_000),
      })),
    recommended_team: optional(result.recommended_team, 200),
    analyst: result.analyst ?? null,
  };
}

const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed();
const optional = (text: string | null | undefined, length: number): string | null =>
  typeof text === 'string' ? cut(text, length) : null;
