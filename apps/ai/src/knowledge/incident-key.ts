/** Under which key what was learned from an incident is kept. */
export const incidentKey = (incidentId: string): string => `incident:${incidentId}`;
