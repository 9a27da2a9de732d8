import type { DataSource } from 'typeorm';
import { INBOX_PENDING } from '../intake/inbox-state';

/** What the auditor looks for. */
export const FINDING_KINDS = [
  'inbox_stuck',
  'outbox_stuck',
  'alert_unseen',
  'incident_miscounted',
  'incident_unsettled',
  'ledger_unbalanced',
  'ended_while_firing',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
/** What `findStuckWork` looks for; the others take longer and have an auditor's look of their own. */
export const STUCK_KINDS = ['inbox_stuck', 'outbox_stuck', 'alert_unseen', 'incident_unsettled'] as const;

/** Something that is wrong now. */
export interface Finding {
  kind: FindingKind;
  subject: string;
  detail: string;
}

/** Nothing takes longer than this unless it is stuck; epoch milliseconds are compared. */
export const STUCK_AFTER_MS = 60_000;
/** Findings of one kind that are told apart; more mean the same. */
const MOST_OF_A_KIND = 20;
/** Rows that are counted one by one: a longer queue is as wrong. */
const MOST_COUNTED = 10_000;

interface Row {
  subject: unknown;
  amount: unknown;
}

/** Looks for stuck work with queries that read little more than what is stuck, whatever else the tables hold. Errors: those of the database. */
export async function findStuckWork(dataSource: DataSource, now: number): Promise<Finding[]> {
  const before = now - STUCK_AFTER_MS;
  const ask = async (sql: string, values: unknown[]): Promise<Row[]> => dataSource.query(sql, values);
  const findings: Finding[] = [];
  const report = (kind: FindingKind, rows: readonly Row[], detail: (amount: string) => string): void => {
    for (const { subject, amount } of rows)
      findings.push({ kind, subject: String(subject), detail: detail(String(amount)) });
  };
  report(
    'inbox_stuck',
    await ask(
      `SELECT cluster_id AS subject, COUNT(*) AS amount FROM (SELECT cluster_id FROM alert_inbox WHERE state = ${INBOX_PENDING} ` +
        `AND received_at < ? AND due_at < ? LIMIT ${MOST_COUNTED}) waiting GROUP BY cluster_id LIMIT ${MOST_OF_A_KIND}`,
      [before, before],
    ),
    (amount) =>
      `${amount} webhooks wait for the pipeline for more than a minute; look for errors of "pipeline" in the log`,
  );
  report(
    'outbox_stuck',
    await ask(
      `SELECT 'outbox' AS subject, COUNT(*) AS amount FROM (SELECT id FROM gateway_outbox WHERE published_at IS NULL AND created_at < ? ` +
        `LIMIT ${MOST_COUNTED}) waiting HAVING COUNT(*) > 0`,
      [before],
    ),
    (amount) => `${amount} events wait to be published for more than a minute; check the connection to NATS`,
  );
  report(
    'alert_unseen',
    await ask(
      `SELECT id AS subject, 1 AS amount FROM alerts WHERE status = 'firing' AND incident_id IS NULL AND suppressed_by IS NULL AND received_at < ? ORDER BY id DESC LIMIT ${MOST_OF_A_KIND}`,
      [before],
    ),
    () => 'this alert fires, is hidden by nothing and belongs to no incident',
  );
  report(
    'incident_unsettled',
    await ask(
      `SELECT id AS subject, settle_at AS amount FROM incidents WHERE settle_at < ? ORDER BY settle_at LIMIT ${MOST_OF_A_KIND}`,
      [before],
    ),
    () => 'the incident should have been resolved more than a minute ago',
  );
  return findings;
}
