import type { WorkingEpisode, WorkingIncident } from '@alertagent/alerting';
import type { Outcome } from './simulate';

/** Everything that is wrong with an outcome; empty when all invariants hold. */
export function violations(outcome: Outcome): string[] {
  const found: string[] = [];
  const report = (invariant: string, what: string): void => {
    found.push(`${invariant}: ${what}`);
  };
  ledgerBalances(outcome, report);
  episodesAreTrue(outcome, report);
  incidentsAddUp(outcome, report);
  factsAreInOrder(outcome, report);
  return found;
}

type Report = (invariant: string, what: string) => void;

function ledgerBalances({ accepted }: Outcome, report: Report): void {
  for (const { dispositions, isReplayable, message } of accepted) {
    if (dispositions.length !== 1)
      report('I1', `an event ended ${dispositions.length} times: ${JSON.stringify(message)}`);
    if (!isReplayable) report('I7', `a decision could not be replayed: ${JSON.stringify(message)}`);
  }
}

function episodesAreTrue({ accepted, rows, scenario }: Outcome, report: Report): void {
  const byKey = new Map<string, WorkingEpisode>();
  const firing = new Map<string, number>();
  for (const episode of rows.episodes.values()) {
    if (byKey.has(episode.episode_key)) report('I1', `two rows of one episode ${episode.episode_key}`);
    byKey.set(episode.episode_key, episode);
    if (episode.status === 'firing') firing.set(episode.label_hash, (firing.get(episode.label_hash) ?? 0) + 1);
  }
  for (const [hash, count] of firing) if (count > 1) report('I14', `${count} episodes of ${hash} fire at once`);
  const sentKeys = new Set(accepted.map(({ event }) => event.alert.episode_key));
  for (const key of byKey.keys()) if (!sentKeys.has(key)) report('I2', `nobody sent the episode ${key}`);
  for (const { event, message } of accepted) {
    const episode = byKey.get(event.alert.episode_key);
    if (message.status === 'resolved' && episode?.status === 'firing' && episode.replica === event.alert.replica) {
      report('I14', `an ended episode fires: ${JSON.stringify(scenario.episodes[message.episode])}`);
    }
  }
}

function incidentsAddUp({ rows }: Outcome, report: Report): void {
  const members = new Map<string, WorkingEpisode[]>();
  for (const episode of rows.episodes.values()) {
    if (episode.incident_id === null) {
      if (episode.status === 'firing' && episode.suppressed_by === null)
        report('I4', 'an alert fires, unseen and not hidden');
      continue;
    }
    if (episode.suppressed_by !== null) report('I4', 'a hidden alert belongs to an incident');
    const list = members.get(episode.incident_id);
    if (list) list.push(episode);
    else members.set(episode.incident_id, [episode]);
  }
  const open = new Set<string>();
  for (const incident of rows.incidents.values()) {
    checkIncident(incident, members.get(incident.id) ?? [], report);
    if (incident.open_key === null) continue;
    if (open.has(incident.open_key)) report('I1', `two incidents take the alerts of one group: ${incident.open_key}`);
    open.add(incident.open_key);
  }
}

function checkIncident(incident: WorkingIncident, members: readonly WorkingEpisode[], report: Report): void {
  const { id, alert_count, firing_count, status, breakdown, settle_at, open_key } = incident;
  const firing = members.filter((member) => member.status === 'firing').length;
  if (alert_count !== members.length) report('I1', `${id} counts ${alert_count} alerts and has ${members.length}`);
  if (firing_count !== firing) report('I1', `${id} counts ${firing_count} firing alerts and has ${firing}`);
  const shares = Object.values(breakdown);
  if (shares.reduce((sum, { alerts }) => sum + alerts, 0) !== alert_count)
    report('I1', `the clusters of ${id} do not add up`);
  if (shares.reduce((sum, share) => sum + share.firing, 0) !== firing)
    report('I1', `the clusters of ${id} do not add up`);
  if ((status === 'resolved') !== (firing === 0)) report('I4', `${id} is ${status} with ${firing} firing alerts`);
  if (settle_at !== null) report('I4', `${id} still waits to be resolved`);
  if (status === 'resolved' && open_key !== null) report('I4', `${id} is resolved and takes alerts`);
}

function factsAreInOrder({ outbox, rows }: Outcome, report: Report): void {
  const state = new Map<string, 'opened' | 'resolved'>();
  for (const { incident, kind } of outbox.effects) {
    const before = state.get(incident);
    if (kind === 'opened' ? before !== undefined : before !== 'opened') {
      report('I3', `consumers saw ${kind} of ${incident} after ${before ?? 'nothing'}`);
    }
    if (kind !== 'updated') state.set(incident, kind);
  }
  if (outbox.effects.length !== outbox.written)
    report('I3', `${outbox.written} facts, ${outbox.effects.length} effects`);
  for (const { id, status } of rows.incidents.values()) {
    const last = state.get(id);
    if (last !== (status === 'resolved' ? 'resolved' : 'opened'))
      report('I3', `${id} is ${status}, consumers saw ${last ?? 'nothing'}`);
  }
}
