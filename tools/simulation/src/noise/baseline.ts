import type { LabelledAlert } from './labelled-stream';

const GAP = 5 * 60;

/** The trivial division to beat: a session for each name and host, which ends after five quiet minutes. */
export function sessions(alerts: readonly LabelledAlert[]): string[] {
  const last = new Map<string, { at: number; group: string }>();
  return alerts.map(({ from, labels }, index) => {
    const key = `${labels['alertname'] ?? ''} ${labels['instance'] ?? ''}`;
    const session = last.get(key);
    if (session && from - session.at <= GAP) {
      session.at = from;
      return session.group;
    }
    const group = `session ${index}`;
    last.set(key, { at: from, group });
    return group;
  });
}
