/** An inbox row in the hands of the pipeline. */
export interface ClaimedWebhook {
  id: string;
  cluster_id: string;
  received_at: number;
  alert_count: number;
  attempts: number;
  body: string;
}
