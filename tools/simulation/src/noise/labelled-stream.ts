/** One recorded alert, with the incident that it truly belongs to. */
export interface LabelledAlert {
  /** Seconds since the beginning of the stream; the end is null when it is not known. */
  from: number;
  to: number | null;
  labels: Record<string, string>;
  summary: string;
  truth: string;
}

/** A recorded stream and where its truth comes from. */
export interface LabelledStream {
  name: string;
  alerts: LabelledAlert[];
  truth: string;
}
