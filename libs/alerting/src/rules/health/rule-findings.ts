import { formatDuration } from '../../durations';
import { excerpt } from '../../problems';

const DAY_MS = 24 * 3_600_000;
/** Firing for this long without a break is not an alert any more. */
const ALWAYS_MS = 7 * DAY_MS;
/** From then on it is told how long a rule has not fired; whoever asks says how long is too long. */
const QUIET_MS = DAY_MS;

/** What is known of one rule on one cluster. Times in epoch milliseconds. */
export interface RuleFacts {
  kind: 'alerting' | 'recording';
  hasRunbook: boolean;
  /** What each member showed last; none for a rule that nobody has shown yet. */
  members: readonly MemberFacts[];
  /** The newest time it fired, by anybody's account. */
  lastFiredAt: number | null;
  /** Selectors without series, shortened, each with the reason; null when the source was not asked. */
  withoutSeries: readonly string[] | null;
  /** Names of other rules on the cluster that say the same. */
  duplicates: readonly string[];
  /** Whether anybody would be told; null when that is not known, or nobody is named anywhere. */
  isRouted: boolean | null;
}

/** What one member showed of a rule. */
export interface MemberFacts {
  member: string;
  isFailing: boolean;
  reason: string | null;
  evaluationSeconds: number | null;
  /** What all rules of its group took together. */
  groupSeconds: number | null;
  intervalSeconds: number | null;
  /** Since when it fires without a break; null when it does not. */
  firingSince: number | null;
  /** Since when it is watched. */
  since: number;
}

export interface RuleFinding {
  finding: 'no-series' | 'never-fired' | 'always-firing' | 'failing' | 'slow' | 'duplicate' | 'no-route' | 'no-runbook';
  detail: string;
  /** Since when it is so, as far as is known; null when it was seen now. */
  since: number | null;
}

/** What is wrong with a rule on a cluster. */
export function ruleFindings(facts: RuleFacts, now: number): RuleFinding[] {
  const findings = [...evaluationFindings(facts), ...contentFindings(facts)];
  return facts.kind === 'recording' ? findings : [...findings, ...alertFindings(facts, now)];
}

function evaluationFindings({ members }: RuleFacts): RuleFinding[] {
  const findings: RuleFinding[] = [];
  const failing = members.filter(({ isFailing }) => isFailing);
  if (failing.length > 0) {
    const told = failing.map(({ member, reason }) => `${member}: ${reason ?? 'the evaluation fails'}`);
    findings.push(finding('failing', told.join('; ').slice(0, 1000)));
  }
  const slow = members.flatMap(slowness)[0];
  if (slow !== undefined) findings.push(finding('slow', slow));
  return findings;
}

function slowness({ member, evaluationSeconds, groupSeconds, intervalSeconds }: MemberFacts): string[] {
  if (intervalSeconds === null) return [];
  const told = (what: string, seconds: number) =>
    `${member}: ${what} takes ${seconds.toFixed(2)} s, and is to be evaluated every ${intervalSeconds} s`;
  if (evaluationSeconds !== null && evaluationSeconds > intervalSeconds) return [told('the rule', evaluationSeconds)];
  return groupSeconds !== null && groupSeconds > intervalSeconds ? [told('its group', groupSeconds)] : [];
}

function contentFindings({ withoutSeries, duplicates }: RuleFacts): RuleFinding[] {
  const findings: RuleFinding[] = [];
  if (withoutSeries !== null && withoutSeries.length > 0) {
    const selectors = withoutSeries.join(', ');
    findings.push(
      finding('no-series', `the source has had no series in the last hour for ${selectors}`.slice(0, 1000)),
    );
  }
  if (duplicates.length > 0)
    findings.push(finding('duplicate', `says the same as ${duplicates.map(excerpt).join(', ')}`.slice(0, 1000)));
  return findings;
}

function alertFindings({ hasRunbook, members, lastFiredAt, isRouted }: RuleFacts, now: number): RuleFinding[] {
  const findings: RuleFinding[] = [];
  if (!hasRunbook) findings.push(finding('no-runbook', 'neither the rule nor an annotation names a runbook'));
  if (isRouted === false) findings.push(finding('no-route', 'the policy routes its alerts to no team'));
  const firing = members.flatMap(({ firingSince }) => firingSince ?? []);
  const firingSince = firing.length === 0 ? null : Math.min(...firing);
  if (firingSince !== null && now - firingSince >= ALWAYS_MS)
    findings.push(
      finding('always-firing', `it has fired for ${rounded(now - firingSince)} without a break`, firingSince),
    );
  const watchedSince = members.length === 0 ? null : Math.min(...members.map(({ since }) => since));
  const quietSince = lastFiredAt ?? watchedSince;
  if (firingSince === null && quietSince !== null && now - quietSince >= QUIET_MS) {
    const what = lastFiredAt === null ? 'it never fired while it was watched, for' : 'it last fired before';
    findings.push(finding('never-fired', `${what} ${rounded(now - quietSince)}`, quietSince));
  }
  return findings;
}

const finding = (kind: RuleFinding['finding'], detail: string, since: number | null = null): RuleFinding => ({
  finding: kind,
  detail,
  since,
});

/** In whole hours. */
const rounded = (ms: number): string => formatDuration(Math.floor(ms / 3_600_000) * 3_600_000);
