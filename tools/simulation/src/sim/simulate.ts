import {
  compactSituation,
  compilePolicy,
  decideEvent,
  defaultPolicy,
  expandSituation,
  normaliseAlert,
  resolveIncident,
  type CompiledPolicy,
  type PipelineDisposition,
  type PipelineEvent,
  type WorkingIncident,
} from '@alertagent/alerting';
import { SimulatedOutbox, type Fact } from './outbox';
import { START, type Message, type Scenario, type TrueEpisode } from './scenario';
import { StoredRows } from './stored-rows';

/** An accepted event and what became of it. */
export interface Accepted {
  event: PipelineEvent;
  message: Message;
  dispositions: PipelineDisposition[];
  /** Whether the stored situation gave the same verdict again. */
  isReplayable: boolean;
}

/** What a simulated run ended with. */
export interface Outcome {
  scenario: Scenario;
  accepted: Accepted[];
  rows: StoredRows;
  outbox: SimulatedOutbox;
  policy: CompiledPolicy;
}

/** Runs a scenario: messages arrive, batches are decided on, things crash, and everything comes to rest in the end. */
export function simulate(scenario: Scenario): Outcome {
  const policy = policyOf(scenario);
  const accepted = arrivals(scenario, policy);
  const rows = new StoredRows();
  const outbox = new SimulatedOutbox();
  let serial = 0;
  const newId = (): string => `id${String((serial += 1)).padStart(6, '0')}`;

  let step = 0;
  for (let done = 0; done < accepted.length; step += 1) {
    const batch = accepted.slice(done, done + scenario.batchSize);
    const mishap = scenario.mishaps[step % scenario.mishaps.length]!;
    // Each mishap happens once: what goes wrong for ever never comes to rest.
    const happens = step < scenario.mishaps.length ? mishap : 'none';
    settle(rows, outbox, policy, newId, batch[0]!.event.at);
    const set = rows.load(policy, newId);
    const decided = batch.map(({ event }) => ({ event, ...set.process(event) }));
    if (happens === 'crash_before_commit') continue;
    rows.commit(set);
    outbox.add(factsOf([...set.incidents.values()]));
    for (const [index, { event, situation, verdict }] of decided.entries()) {
      const entry = batch[index]!;
      entry.dispositions.push(verdict.disposition);
      const again = decideEvent(policy, event, expandSituation(compactSituation(situation)));
      entry.isReplayable = JSON.stringify(again) === JSON.stringify(verdict);
    }
    done += batch.length;
    if (happens === 'crash_after_commit') continue;
    outbox.relay(happens === 'relay_crashes_after_publish');
  }
  settle(rows, outbox, policy, newId, Infinity);
  outbox.relay(false);
  return { scenario, accepted, rows, outbox, policy };
}

/** Resolves incidents whose grace is over, as the gateway's sweeper does. */
function settle(
  rows: StoredRows,
  outbox: SimulatedOutbox,
  policy: CompiledPolicy,
  newId: () => string,
  now: number,
): void {
  const set = rows.load(policy, newId);
  const due = [...set.incidents.values()].filter(({ settle_at }) => settle_at !== null && settle_at <= now);
  if (due.length === 0) return;
  for (const incident of due) resolveIncident(set, incident, incident.settle_at!, 'its grace is over', null);
  rows.commit(set);
  outbox.add(factsOf(due));
}

function factsOf(incidents: readonly WorkingIncident[]): Omit<Fact, 'id'>[] {
  const facts: Omit<Fact, 'id'>[] = [];
  for (const { id, isNew, isChanged, isAnnounced, moments } of incidents) {
    if (!isNew && !isChanged) continue;
    const isResolved = moments.some(({ kind }) => kind === 'resolved');
    if (isNew) facts.push({ incident: id, kind: 'opened' });
    else if (isAnnounced && !isResolved) facts.push({ incident: id, kind: 'updated' });
    if (isResolved) facts.push({ incident: id, kind: 'resolved' });
  }
  return facts;
}

function policyOf({ convergence, flapping, stormAlerts, suppressions }: Scenario): CompiledPolicy {
  const policy = defaultPolicy({
    convergence: { enabled: true, group_by: ['alertname'], window: '5m', max_alerts: 10 },
    routing: { default_workflow: 'alert-analysis', rules: [{ match: { severity: 'critical' }, workflow: 'critical' }] },
  });
  policy.flapping.enabled = flapping;
  policy.flapping.changes = 3;
  policy.storm.alerts = stormAlerts;
  policy.convergence = [{ ...policy.convergence[0]!, ...convergence }];
  const result = compilePolicy({ policy, suppressions }, 1);
  if (!result.ok) throw new Error(`the simulated policy has problems: ${JSON.stringify(result.problems)}`);
  return result.policy;
}

/** The events in the order in which they arrive. */
function arrivals({ episodes, messages }: Scenario, policy: CompiledPolicy): Accepted[] {
  const sent = messages.map((message) => {
    const episode = episodes[message.episode]!;
    const tellsOf = message.status === 'firing' ? episode.from : episode.from + (episode.lasts ?? 0);
    return { message, at: START + (tellsOf + message.delay) * 1000, alert: wireAlert(episode, message) };
  });
  sent.sort((a, b) => a.at - b.at);
  return sent.map(({ message, at, alert }) => ({
    event: {
      alert: normaliseAlert(alert, `cluster-${episodes[message.episode]!.series % 2}`, policy.ignore_labels),
      at,
    },
    message,
    dispositions: [],
    isReplayable: false,
  }));
}

function wireAlert({ series, from, lasts }: TrueEpisode, { status, replica }: Message): unknown {
  const time = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
  return {
    status,
    labels: {
      alertname: `Alert${series % 3}`,
      instance: `i${series}`,
      service: `s${series % 4}`,
      namespace: `n${series % 2}`,
      severity: series % 3 === 0 ? 'critical' : 'warning',
      replica: `r${replica}`,
    },
    annotations: { summary: `service s${series % 4} has trouble on i${series}` },
    startsAt: time(from),
    endsAt: status === 'resolved' ? time(from + (lasts ?? 0)) : '0001-01-01T00:00:00Z',
  };
}
