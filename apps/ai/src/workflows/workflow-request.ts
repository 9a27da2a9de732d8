import type { AlertSnapshot, AnalysisContext } from '@alertagent/contracts';
import type { Prompt } from '../analysts/prompt';

/** What a workflow is started for. */
export interface WorkflowSubject {
  /** Id of the analysis. */
  id: string;
  incidentId: string | null;
  clusterId: string;
  clusterName: string;
  alert: AlertSnapshot;
  context: AnalysisContext | null;
  /** Name of the workflow that routing picked. */
  workflow: string;
}

/** The JSON body that starts a workflow; field names are those that workflows in n8n read. */
export function workflowRequest(subject: WorkflowSubject, prompt: Prompt, publicUrl: string): object {
  const { alert, context } = subject;
  const { labels } = alert;
  return {
    alert: {
      id: alert.id,
      name: alert.name,
      severity: alert.severity ?? null,
      labels,
      annotations: alert.annotations,
    },
    context: {
      cluster_id: subject.clusterId,
      cluster_name: subject.clusterName,
      environment: labels['environment'] ?? labels['env'] ?? null,
      team: labels['team'] ?? null,
      incident_id: subject.incidentId,
      analysis_id: subject.id,
      api_url: `${publicUrl}/api/v1`,
      callback_url: `${publicUrl}/api/v1/alerts/analyze/${subject.id}/status`,
    },
    analysis_request: {
      include_historical: context?.historical_data ?? true,
      include_related_metrics: context?.related_metrics ?? true,
      include_similar_incidents: context?.similar_incidents ?? true,
      analysis_depth: 'detailed',
    },
    // For a model, ready to be passed on: a workflow that writes its own has to scrub and fence what strangers wrote.
    prompt,
  };
}
