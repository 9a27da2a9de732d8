import { ruleOf, RULE_EDIT_MATTERS_MS } from '@alertagent/alerting';
import type { EntityManager } from 'typeorm';
import type { AlertEvent, Batch } from './batch';
import { selectIn } from './bulk-write';
import { INCIDENT_COLUMNS, toWorkingIncident, type IncidentRow } from './incident-row';
import { loadEpisodes } from './load-episodes';

/** Open incidents of one kind of similar texts, or of an edited rule, that are looked at. */
const MOST_CANDIDATES = 200;
const HISTORY_MS = 30 * 24 * 3_600_000;

/**
 * Fills a batch with what is known about its alerts, in a handful of reads however many alerts there are. What is read is locked until
 * the transaction ends: what is decided on stays true.
 */
export async function loadBatch(tx: EntityManager, batch: Batch, now: number): Promise<void> {
  const lock = tx.connection.options.type === 'better-sqlite3' ? '' : ' FOR UPDATE';
  await loadEpisodes(tx, batch, lock);
  const undecided: AlertEvent[] = [];
  const withIncident: AlertEvent[] = [];
  for (const event of batch.events) {
    const needs = batch.set.needsMore(event);
    if (needs !== 'nothing') withIncident.push(event);
    if (needs === 'everything') undecided.push(event);
  }
  await loadOwnIncidents(tx, batch, withIncident, lock);
  await loadRuleEdits(tx, batch, withIncident, now);
  if (undecided.length === 0) return;
  await loadCandidates(tx, batch, undecided, lock);
  await loadMarkers(tx, batch, undecided);
  await loadCaps(tx, batch, undecided);
  if (batch.set.policy.uses_history) await loadHistory(tx, batch, undecided, now);
}

async function learnIncidents(
  tx: EntityManager,
  { set }: Batch,
  keys: readonly string[],
  condition: (list: string) => string,
  lock: string,
): Promise<void> {
  const rows = await selectIn<IncidentRow>(
    tx,
    keys,
    (list) => `SELECT ${INCIDENT_COLUMNS} FROM incidents WHERE ${condition(list)}${lock}`,
  );
  for (const row of rows) set.learnIncident(toWorkingIncident(row));
}

async function loadOwnIncidents(
  tx: EntityManager,
  batch: Batch,
  events: readonly AlertEvent[],
  lock: string,
): Promise<void> {
  const { set } = batch;
  const ids = events.flatMap(({ alert }) => [
    set.episodes.get(alert.episode_key)?.incident_id ?? [],
    set.newest.get(alert.label_hash)?.incident_id ?? [],
  ]);
  await learnIncidents(tx, batch, ids.flat(), (list) => `id IN (${list})`, lock);
}

async function loadCandidates(
  tx: EntityManager,
  batch: Batch,
  events: readonly AlertEvent[],
  lock: string,
): Promise<void> {
  const groupings = events.map((event) => batch.set.groupingOf(event));
  const keys = groupings.flatMap(({ keys: own }) => own);
  await learnIncidents(tx, batch, keys, (list) => `open_key IN (${list})`, lock);
  // What people merged: the group's place is held by one, its alerts go to the other.
  const targets = keys.flatMap((key) => batch.set.openByKey.get(key)?.merged_into ?? []);
  await learnIncidents(tx, batch, targets, (list) => `id IN (${list})`, lock);
  const scopes = groupings.flatMap(({ scope_key }) => scope_key ?? []);
  await learnIncidents(
    tx,
    batch,
    scopes,
    (list) => `scope_key IN (${list}) AND open_key IS NOT NULL ORDER BY last_alert_at DESC LIMIT ${MOST_CANDIDATES}`,
    lock,
  );
  // Incidents from before a rule was edited: its new version goes on with them.
  const edited = rulesOf(events).filter(({ id }) => batch.set.ruleEdits.has(id));
  await learnIncidents(
    tx,
    batch,
    edited.map(({ id }) => id),
    (list) => `rule_id IN (${list}) AND status = 'open' ORDER BY last_alert_at DESC LIMIT ${MOST_CANDIDATES}`,
    lock,
  );
}

function rulesOf(events: readonly AlertEvent[]): { id: string; version: number }[] {
  const rules = new Map<string, { id: string; version: number }>();
  for (const { alert } of events) {
    const rule = ruleOf(alert);
    if (rule) rules.set(`${rule.id} ${rule.version}`, rule);
  }
  return [...rules.values()];
}

async function loadRuleEdits(
  tx: EntityManager,
  { set }: Batch,
  events: readonly AlertEvent[],
  now: number,
): Promise<void> {
  const ids = rulesOf(events).map(({ id }) => id);
  const rows = await selectIn<{ rule_id: string; changed_at: unknown; for_ms: unknown }>(
    tx,
    ids,
    (list) =>
      `SELECT rule_id, changed_at, for_ms FROM rule_changes WHERE rule_id IN (${list}) AND changed_at > ${now - RULE_EDIT_MATTERS_MS} ORDER BY changed_at, version`,
  );
  // The last edit of each rule counts.
  for (const { rule_id, changed_at, for_ms } of rows) {
    set.ruleEdits.set(rule_id, { changed_at: Number(changed_at), for_ms: for_ms === null ? null : Number(for_ms) });
  }
}

async function loadMarkers(tx: EntityManager, { set }: Batch, events: readonly AlertEvent[]): Promise<void> {
  const keys = events.flatMap(({ alert }) => set.policy.suppressions.markerKeysFor(alert));
  const rows = await selectIn<{ marker_key: string; suppression_id: string; alert_id: string }>(
    tx,
    keys,
    (list) => `SELECT marker_key, suppression_id, alert_id FROM alert_markers WHERE marker_key IN (${list})`,
  );
  for (const row of rows) set.learnMarker(row);
}

async function loadCaps(tx: EntityManager, { set }: Batch, events: readonly AlertEvent[]): Promise<void> {
  const keys = events.flatMap(({ alert, at }) =>
    set.policy.suppressions.capKeysOf(alert, at).map(({ cap_key }) => cap_key),
  );
  const rows = await selectIn<{ cap_key: string; alerts: unknown }>(
    tx,
    keys,
    (list) => `SELECT cap_key, SUM(alerts) AS alerts FROM rate_cap_counts WHERE cap_key IN (${list}) GROUP BY cap_key`,
  );
  for (const { cap_key, alerts } of rows) set.caps.set(cap_key, Number(alerts));
}

async function loadHistory(
  tx: EntityManager,
  { set }: Batch,
  events: readonly AlertEvent[],
  now: number,
): Promise<void> {
  const keys = events.map((event) => set.groupingOf(event).group_key);
  const rows = await selectIn<{ group_key: string; incidents: unknown }>(
    tx,
    keys,
    (list) =>
      `SELECT group_key, COUNT(*) AS incidents FROM incidents WHERE group_key IN (${list}) AND opened_at > ${now - HISTORY_MS} GROUP BY group_key`,
  );
  for (const { group_key, incidents } of rows) set.pastIncidents.set(group_key, Number(incidents));
}
