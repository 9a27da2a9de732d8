import { parseGoDuration } from '@alertagent/alerting';
import {
  ServiceError,
  type AlertmanagerAddress,
  type ClusterInput,
  type ClusterKind,
  type FieldProblem,
} from '@alertagent/contracts';

/** Settings of a cluster with defaults filled in; durations in Go's grammar, as they were written. */
export interface StoredClusterSettings {
  sync_interval: string;
  health_check_interval: string;
  retry_attempts: number;
  /** Missing in what was stored before there were canaries. */
  canary?: boolean;
}

/** Where one Alertmanager is reached, without a slash at the end. */
export interface StoredAlertmanager {
  url: string;
  /** The name its sidecar reports under. */
  member: string | null;
}

/** What a person can change of a cluster. */
export interface ClusterContent {
  name: string;
  kind: ClusterKind;
  endpoint: string | null;
  /** Its Alertmanagers one by one; null or none when only `endpoint` is known. */
  alertmanagers: StoredAlertmanager[] | null;
  /** Where PromQL is asked about it, without a slash at the end. */
  queryUrl: string | null;
  settings: StoredClusterSettings;
  labels: Record<string, string>;
}

const DEFAULTS: StoredClusterSettings = { sync_interval: '30s', health_check_interval: '10s', retry_attempts: 3 };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The content of an input; addresses that it leaves out stay as they are in `before`. Errors: `invalid`, with pointers. */
export function clusterContent(
  { name, kind, endpoint, alertmanagers, query_url, config, labels }: ClusterInput,
  before?: ClusterContent,
): ClusterContent {
  const addresses =
    alertmanagers === undefined ? (before?.alertmanagers ?? null) : storedAddresses(alertmanagers ?? []);
  const queryUrl = query_url === undefined ? (before?.queryUrl ?? null) : withoutSlash(query_url);
  const settings = {
    sync_interval: config?.sync_interval ?? DEFAULTS.sync_interval,
    health_check_interval: config?.health_check_interval ?? DEFAULTS.health_check_interval,
    retry_attempts: config?.retry_attempts ?? DEFAULTS.retry_attempts,
    canary: config?.canary ?? false,
  };
  const problems: FieldProblem[] = [
    // Targets and URLs name clusters by id or by name; a name that could be another's id would make that ambiguous.
    ...(UUID.test(name)
      ? [{ pointer: '/name', code: 'looks_like_id', detail: 'expected a name that does not look like an id' }]
      : []),
    ...addressProblems(addresses ?? []),
    ...(queryUrl !== null && !URL.canParse(queryUrl)
      ? [{ pointer: '/query_url', code: 'not_a_url', detail: 'expected an http or https URL' }]
      : []),
    ...durationProblems('sync_interval', settings.sync_interval),
    ...durationProblems('health_check_interval', settings.health_check_interval),
    ...(settings.retry_attempts < 0 || settings.retry_attempts > 100
      ? [{ pointer: '/config/retry_attempts', code: 'out_of_range', detail: 'expected 0 to 100' }]
      : []),
  ];
  const [first] = problems;
  if (first) throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`, { errors: problems });
  return {
    name,
    kind: kind ?? 'prometheus',
    endpoint: endpoint ?? null,
    alertmanagers: addresses,
    queryUrl,
    settings,
    labels: sorted(labels ?? {}),
  };
}

/** Milliseconds of a duration that was checked when it was stored. */
export const millisecondsOf = (duration: string): number => parseGoDuration(duration) ?? 0;

/** Whether saving `b` over `a` would change nothing. */
export function isSameContent(a: ClusterContent, b: ClusterContent): boolean {
  const text = ({ name, kind, endpoint, alertmanagers, queryUrl, settings, labels }: ClusterContent): string => {
    const { sync_interval, health_check_interval, retry_attempts, canary = false } = settings;
    return JSON.stringify([
      name,
      kind,
      endpoint,
      (alertmanagers ?? []).map(({ url, member }) => [url, member]),
      queryUrl,
      sync_interval,
      health_check_interval,
      retry_attempts,
      canary,
      sorted(labels),
    ]);
  };
  return text(a) === text(b);
}

const withoutSlash = (url: string | null): string | null => url && url.replace(/\/+$/, '');

const storedAddresses = (addresses: readonly AlertmanagerAddress[]): StoredAlertmanager[] =>
  addresses.map(({ url, member }) => ({ url: url.replace(/\/+$/, ''), member: member ?? null }));

function addressProblems(addresses: readonly StoredAlertmanager[]): FieldProblem[] {
  return addresses.flatMap(({ url }, index) => {
    const pointer = `/alertmanagers/${index}/url`;
    if (!URL.canParse(url)) return [{ pointer, code: 'not_a_url', detail: 'expected an http or https URL' }];
    const isRepeated = addresses.findIndex((other) => other.url === url) < index;
    return isRepeated ? [{ pointer, code: 'repeated', detail: 'this address is in the list already' }] : [];
  });
}

function durationProblems(field: string, text: string): FieldProblem[] {
  const ms = parseGoDuration(text);
  if (ms !== null && ms >= 1_000 && ms <= 3_600_000) return [];
  return [{ pointer: `/config/${field}`, code: 'out_of_range', detail: 'expected a duration from 1s to 1h' }];
}

function sorted(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
