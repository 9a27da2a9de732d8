import type { CompiledPolicy } from '../policy/compile-policy';
import { canJoin, inWords, waitIsOver } from './convergence';
import { groupingOf, type Grouping } from './convergence-rules';
import { ruleOf, type IncidentFacts, type PipelineEvent, type Situation } from './facts';
import { isTakenOver, ruleWait } from './rule-edit';
import { severityRank } from './severity-rank';
import { countBurst, type StormState } from './storm';
import type { IncidentChange, PipelineDisposition, Priority, RouteTaken, StageNote } from './verdict';

interface Converged<Change extends IncidentChange = IncidentChange> {
  disposition: PipelineDisposition;
  incident: Change;
}

type Join = Extract<IncidentChange, { kind: 'join' }>;

/**
 * Folds a firing alert into an incident: the first of a group opens one at once, later ones join it within the window and up to the
 * cap. An edited rule goes on with the incident that its earlier version had.
 */
export function converge(
  policy: CompiledPolicy,
  event: PipelineEvent,
  situation: Situation,
  flapping: boolean,
  notes: StageNote[],
): Converged {
  const grouping = groupingOf(policy.convergence, event.alert);
  const holder = situation.candidates.find(({ open_key }) => open_key === grouping.group_key) ?? null;
  let refusal: string | null = null;
  for (const candidate of preferred(situation)) {
    const storm = countBurst(policy, candidate, event.at);
    const comesBack = situation.newest?.incident_id === candidate.id && (flapping || candidate.settle_at !== null);
    const inStorm = comesBack || storm.storm === 'begins' || storm.storm === 'goes_on';
    const verdict = canJoin(candidate, grouping.rule, event.at, inStorm);
    if (verdict.join) return join(policy, event, situation, candidate, { storm, why: verdict.why, comesBack }, notes);
    refusal ??= verdict.why;
  }
  const { predecessor } = situation;
  if (predecessor && isTakenOver(situation, event.at) && !waitIsOver(predecessor, event.at)) {
    const storm = countBurst(policy, predecessor, event.at);
    const why = 'the rule behind this incident was edited; it goes on with the same incident';
    const joined = join(policy, event, situation, predecessor, { storm, why, comesBack: true }, notes);
    // The edited rule's other alerts come with the new group, too.
    if (joined.incident.rule_changed && !holder) joined.incident.rekey = grouping.group_key;
    return joined;
  }
  return open(
    policy,
    event,
    situation,
    { grouping, holder, refusal: refusal ?? 'no open incident of this group' },
    notes,
  );
}

/** An alert that comes back in time goes to the incident that waits for it, even if that one takes no new alerts. */
function preferred({ known, own, candidates }: Situation): readonly IncidentFacts[] {
  if (known !== null || own === null || own.settle_at === null) return candidates;
  return [own, ...candidates.filter(({ id }) => id !== own.id)];
}

function open(
  policy: CompiledPolicy,
  event: PipelineEvent,
  situation: Situation,
  { grouping, holder, refusal }: { grouping: Grouping; holder: IncidentFacts | null; refusal: string },
  notes: StageNote[],
): Converged {
  const { burst, storm } = countBurst(policy, holder, event.at);
  const isStorm = storm === 'begins' || storm === 'goes_on';
  notes.push({ stage: 'converge', outcome: 'opened', why: `opened an incident (${grouping.rule.name}): ${refusal}` });
  const priority = policy.priorityOf({
    alert: event.alert,
    at: event.at,
    severity_rank: severityRank(event.alert.severity),
    alerts: 1,
    clusters: 1,
    past_incidents: situation.past_incidents,
    storm: isStorm,
  });
  notes.push(priorityNote(priority));
  const routes = policy.routesOf(event);
  notes.push(routeNote(routes));
  const { group_key, scope_key, text, group_labels, rule } = grouping;
  return {
    disposition: 'opened',
    incident: {
      kind: 'open',
      group_key,
      scope_key,
      convergence: rule.name,
      text,
      group_labels,
      priority,
      routes,
      burst,
      storm: isStorm,
      closes: holder ? { id: holder.id, why: refusal } : null,
    },
  };
}

function join(
  policy: CompiledPolicy,
  event: PipelineEvent,
  situation: Situation,
  incident: IncidentFacts,
  { storm, why, comesBack }: { storm: StormState; why: string; comesBack: boolean },
  notes: StageNote[],
): Converged<Join> {
  notes.push({ stage: 'converge', outcome: comesBack ? 'rejoined' : 'merged', why });
  const rank = severityRank(event.alert.severity);
  const isNewCluster = !incident.clusters.includes(event.alert.cluster_id);
  const count = incident.alert_count + 1;
  const isStorm = storm.storm === 'begins' || storm.storm === 'goes_on';
  const raised = rank > incident.severity_rank || isNewCluster || storm.storm === 'begins' || isMilestone(count);
  let priority: Priority | null = null;
  let routes: RouteTaken[] | null = null;
  if (raised) {
    const scored = policy.priorityOf({
      alert: event.alert,
      at: event.at,
      severity_rank: Math.max(rank, incident.severity_rank),
      alerts: count,
      clusters: incident.clusters.length + (isNewCluster ? 1 : 0),
      past_incidents: situation.past_incidents,
      storm: isStorm,
    });
    // Urgency is not taken back while people work on it.
    if (scored.priority < incident.priority) {
      priority = scored;
      notes.push(priorityNote(scored));
      if (rank > incident.severity_rank) {
        routes = policy.routesOf(event);
        notes.push(routeNote(routes));
      }
    }
  }
  const rule = ruleOf(event.alert);
  const isEdited = rule !== null && rule.id === incident.rule_id && rule.version > (incident.rule_version ?? 0);
  const rule_changed = isEdited ? { from: incident.rule_version, to: rule.version } : null;
  const announce = !isStorm || storm.storm === 'begins' || priority !== null || isPowerOfTwo(count);
  return {
    disposition: 'merged',
    incident: {
      kind: 'join',
      id: incident.id,
      rejoined: comesBack,
      priority,
      routes,
      burst: storm.burst,
      storm: storm.storm,
      announce,
      rekey: null,
      rule_changed,
    },
  };
}

/** A member of an incident has ended; the last one resolves it, after the grace that its rule, flapping or an edit calls for. */
export function memberResolved(
  policy: CompiledPolicy,
  event: PipelineEvent,
  { known, newest, own, rule_changed_at, rule_for_ms }: Situation,
  flapping: boolean,
  notes: StageNote[],
): IncidentChange {
  // Another replica may have told of the end.
  const ended = known ?? newest;
  if (!ended || ended.incident_id === null || !own) {
    notes.push({
      stage: 'converge',
      outcome: 'resolved',
      why: 'the episode has ended; it belonged to no open incident',
    });
    return { kind: 'none' };
  }
  const left = own.firing_count - 1;
  if (left > 0) {
    const why = `the episode has ended; ${left} of ${own.alert_count} alerts of the incident still fire`;
    notes.push({ stage: 'converge', outcome: 'resolved', why });
    return { kind: 'member_resolved', id: own.id, settle_at: null, settle_why: null };
  }
  const waits: { ms: number; why: string }[] = [
    { ms: groupingOf(policy.convergence, event.alert).rule.grace_ms, why: 'grace against coming back' },
    { ms: flapping || own.flapping ? policy.flapping.hold_ms : 0, why: 'the alert flaps' },
    {
      ms: ruleWait(rule_changed_at, rule_for_ms, event.at),
      why: 'its rule was changed: the new version may fire at once',
    },
  ];
  const longest = waits.reduce((a, b) => (b.ms > a.ms ? b : a));
  if (longest.ms <= 0) {
    notes.push({ stage: 'converge', outcome: 'resolved', why: 'the episode has ended, the last of the incident' });
    return { kind: 'member_resolved', id: own.id, settle_at: null, settle_why: null };
  }
  const why = `the last alert of the incident has ended; it is resolved after ${inWords(longest.ms)}: ${longest.why}`;
  notes.push({ stage: 'converge', outcome: 'settling', why });
  return { kind: 'member_resolved', id: own.id, settle_at: event.at + longest.ms, settle_why: longest.why };
}

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;
/** Counts at which the blast radius is looked at again; looking at each alert of a storm would cost more than it tells. */
const isMilestone = (count: number): boolean =>
  count <= 100 || (count <= 1000 && count % 10 === 0) || count % 100 === 0;

const priorityNote = ({ priority, score, factors }: Priority): StageNote => ({
  stage: 'prioritise',
  outcome: `P${priority}`,
  why: `score ${score}: ${factors.map(({ factor, points }) => `${factor} ${points >= 0 ? '+' : ''}${points}`).join(', ')}`,
});

const routeNote = (routes: readonly RouteTaken[]): StageNote => ({
  stage: 'route',
  outcome: 'routed',
  why: routes
    .map(
      ({ path, workflow, team }) =>
        `${path.join(' > ')}: workflow ${workflow ?? 'none'}${team ? `, team ${team}` : ''}`,
    )
    .join('; '),
});
