/** Words that rules use for severity, by urgency. Prometheus leaves the vocabulary to its users. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['page', 5],
  ['critical', 5],
  ['emergency', 5],
  ['fatal', 5],
  ['disaster', 5],
  ['p1', 5],
  ['error', 4],
  ['high', 4],
  ['major', 4],
  ['p2', 4],
  ['warning', 3],
  ['warn', 3],
  ['medium', 3],
  ['p3', 3],
  ['minor', 2],
  ['low', 2],
  ['p4', 2],
  ['info', 1],
  ['notice', 1],
  ['p5', 1],
  ['none', 0],
]);

/** Unknown words rank as low: above information, because somebody took the trouble to name one. */
const UNKNOWN = 2;

/** How urgent a severity label is, 0 to 5; no label at all is 0. */
export function severityRank(severity: string | null): number {
  if (severity === null) return 0;
  return RANKS.get(severity.toLowerCase()) ?? UNKNOWN;
}
