/** An incident as this service remembers it, to find similar ones. */
export interface KnownIncident {
  id: string;
  clusterId: string;
  title: string;
  /** Name of the alert that opened it, cut at 200 characters. */
  alertName: string;
  severity: string | null;
  labels: Record<string, string>;
  openedAt: Date;
  resolvedAt: Date | null;
}
