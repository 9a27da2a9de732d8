/** What a workflow that was started may cite, until its analysis is over. */
export interface WorkflowEvidence {
  analysisId: string;
  /** Evidence items, as they were. */
  items: object[];
  createdAt: Date;
}
