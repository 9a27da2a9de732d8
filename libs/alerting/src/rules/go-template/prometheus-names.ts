import type { Grammar } from '../promql/grammar';
import { versionNumber } from '../promql/grammar';
import type { TemplateNames } from './parser';

/** What every template of Go has. */
const BUILT_IN = 'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne';
/** What Prometheus adds for the templates of its rules. */
const OF_PROMETHEUS = `query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink
  tableLink sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage
  humanizeTimestamp toTime pathPrefix externalURL parseDuration`;
const LATER: readonly (readonly [name: string, since: number])[] = [
  ['toDuration', versionNumber(3, 6)],
  ['now', versionNumber(3, 6)],
  ['urlQueryEscape', versionNumber(3, 8)],
];
const VARIABLES = ['$labels', '$externalLabels', '$externalURL', '$value'];
/** The first Prometheus that was built with a Go that takes `{{ else with }}`. */
const ELSE_WITH = versionNumber(3, 0);
const cache = new Map<number, TemplateNames>();

/** What the templates of alerting rules may use in a version of Prometheus. */
export function templateNames({ number }: Grammar): TemplateNames {
  const known = cache.get(number);
  if (known) return known;
  const later = LATER.filter(([, since]) => number >= since).map(([name]) => name);
  const functions = new Set([...`${BUILT_IN} ${OF_PROMETHEUS}`.split(/\s+/), ...later]);
  const names = { functions, variables: VARIABLES, elseWith: number >= ELSE_WITH };
  cache.set(number, names);
  return names;
}
