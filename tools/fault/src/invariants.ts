import { pollUntil } from '@alertagent/local-stack';
import { check, problemsOf } from './checker';
import { openFiles } from './health-watch';
import { readLedger, type Ledger } from './ledger';
import { settled } from './quiescence';
import type { Stand } from './stand';
import { countOf, storedAlerts } from './stored-alerts';
import { LEDGER_LABEL } from './webhook-text';

const MAX_RSS_MB = 400;
/** Connections that each service's pool may hold, and those of the harness. */
const POOL = 10;
const OWN_CONNECTIONS = 4;
/** Open files that a process may have gained since it became ready: its pool, and what comes and goes. */
const FILES_SLACK = 30;
/** Milliseconds in which idle connections must be gone. */
const FILES_PATIENCE_MS = 15_000;

/** Whoever delivers alerts and keeps a ledger of it. */
export interface Recorded {
  readonly ledger: Ledger;
  readonly style: { readonly prefix: string };
  /** Called before its ledger is read. */
  close(): Promise<void>;
}

export interface InvariantOptions {
  /** The senders whose ledgers are compared with the database. */
  senders?: readonly Recorded[];
  /** Milliseconds until nothing may wait any more; 120,000 unless told. */
  patienceMs?: number;
  /** Log lines of level error that this fault may cause. */
  expectedTrouble?: readonly RegExp[];
  /** Whether webhooks may have been set aside; not unless told. */
  quarantineAllowed?: boolean;
}

/** What was found, as a row reports it. */
export interface Findings {
  figures: Record<string, number | string>;
  problems: string[];
}

/** Waits until nothing is under way any more, then checks everything that must hold after every row of the gateway. */
export async function checkInvariants(stand: Stand, options: InvariantOptions = {}): Promise<Findings> {
  const figures: Findings['figures'] = {};
  const problems: string[] = [];
  // What is still being repeated is taken in before anybody asks whether all is processed.
  for (const sender of options.senders ?? []) await sender.close();
  try {
    figures['settle_ms'] = Math.round(await settled(stand.database, options.patienceMs));
  } catch (error) {
    problems.push(`I4: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const sender of options.senders ?? []) {
    const found = await compare(stand, sender);
    problems.push(...found.problems);
    for (const [name, value] of Object.entries(found.figures)) figures[name] = (Number(figures[name]) || 0) + value;
  }
  problems.push(...(await recordProblems(stand, options)), ...(await processProblems(stand, options, figures)));
  return { figures, problems };
}

async function compare(
  stand: Stand,
  sender: Recorded,
): Promise<{ figures: Record<string, number>; problems: string[] }> {
  const attempts = readLedger(sender.ledger.file);
  const alerts = await storedAlerts(stand.database, sender.style.prefix);
  const verdict = check(sender.style.prefix, attempts, alerts);
  const { attempted, ok, stored, recovered, lost, phantom, duplicate } = verdict;
  return {
    figures: {
      attempted,
      ok,
      stored,
      recovered,
      lost: lost.length,
      phantom: phantom.length,
      duplicate: duplicate.length,
    },
    problems: problemsOf(verdict).map((text) => `I1/I2/I14: ${text}`),
  };
}

/** I1 and I4 as far as the tables tell, without the ledger. */
async function recordProblems({ database }: Stand, { quarantineAllowed }: InvariantOptions): Promise<string[]> {
  const zero: [what: string, sql: string][] = [
    [
      'I1: webhooks have not one processing record per alert',
      `SELECT COUNT(*) FROM (SELECT i.id FROM alert_inbox i LEFT JOIN alert_processing_records r ON r.inbox_id = i.id
        WHERE i.state <> 0 GROUP BY i.id, i.alert_count HAVING COUNT(r.inbox_id) <> i.alert_count) wrong`,
    ],
    [
      'I1: processing records belong to no webhook',
      'SELECT COUNT(*) FROM alert_processing_records r LEFT JOIN alert_inbox i ON i.id = r.inbox_id WHERE i.id IS NULL',
    ],
    [
      'I1: episodes were news more than once',
      `SELECT COUNT(*) FROM (SELECT alert_id FROM alert_processing_records
        WHERE alert_id IS NOT NULL AND disposition IN ('opened', 'merged', 'resolved')
        GROUP BY alert_id, event_status HAVING COUNT(*) > 1) twice`,
    ],
    [
      'I1: episodes have no processing record',
      `SELECT COUNT(*) FROM alerts a LEFT JOIN alert_processing_records r ON r.alert_id = a.id WHERE r.alert_id IS NULL`,
    ],
    [
      'I2: alerts were sent by nobody we know',
      `SELECT COUNT(*) FROM alerts WHERE labels NOT LIKE '%"${LEDGER_LABEL}":%' AND name NOT LIKE 'AlertAgent%'`,
    ],
    [
      'incidents count other alerts than they have',
      `SELECT COUNT(*) FROM incidents i WHERE i.alert_count <> (SELECT COUNT(*) FROM alerts a WHERE a.incident_id = i.id)`,
    ],
    [
      'incidents are resolved while a member fires',
      `SELECT COUNT(DISTINCT i.id) FROM incidents i JOIN alerts a ON a.incident_id = i.id
        WHERE i.status = 'resolved' AND a.status = 'firing'`,
    ],
    ...(quarantineAllowed
      ? []
      : [['I4: alerts were set aside', 'SELECT COUNT(*) FROM alert_quarantine'] satisfies [string, string]]),
  ];
  const problems: string[] = [];
  for (const [what, sql] of zero) {
    const count = await countOf(database, sql);
    if (count > 0) problems.push(`${what}: ${count}`);
  }
  return problems;
}

/** I8, I9 and I10. */
async function processProblems(
  stand: Stand,
  { expectedTrouble = [] }: InvariantOptions,
  figures: Findings['figures'],
): Promise<string[]> {
  const problems: string[] = [];
  const { unhealthy, usage } = stand.health;
  if (unhealthy.length > 0) problems.push(`I8: ${unhealthy.length} times: ${unhealthy[0]}`);
  const trouble = stand.services
    .flatMap((service) => service.trouble)
    .filter(({ text }) => !expectedTrouble.some((expected) => expected.test(text)));
  if (trouble.length > 0) {
    problems.push(
      `I9: ${trouble.length} unexpected log lines, e.g. of ${trouble[0]?.service}: ${trouble[0]?.text.slice(0, 600)}`,
    );
  }
  for (const [name, { maxRssMb }] of usage) {
    figures['max_rss_mb'] = Math.max(Number(figures['max_rss_mb'] ?? 0), Math.round(maxRssMb));
    if (maxRssMb > MAX_RSS_MB) problems.push(`I10: ${name} had ${Math.round(maxRssMb)} MB resident`);
  }
  problems.push(...(await leaks(stand)));
  if (stand.database.kind === 'mariadb') {
    const connections = await countOf(
      stand.database,
      "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'root'",
    );
    figures['database_connections'] = connections;
    // A gateway's edge and its background have a pool each.
    const most = (stand.services.length + stand.gateways.length) * POOL + OWN_CONNECTIONS;
    if (connections > most) problems.push(`I10: ${connections} database connections, at most ${most} expected`);
  }
  return problems;
}

/** Open files must come back to what they were once nobody sends any more. */
async function leaks(stand: Stand): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, pid } of stand.services) {
    const atFirst = stand.health.usage.get(name)?.filesAtFirst;
    if (pid === 0 || atFirst === undefined) continue;
    let now = 0;
    await pollUntil(() => (now = openFiles(pid)) <= atFirst + FILES_SLACK, {
      what: `${name} to close what it opened`,
      timeoutMs: FILES_PATIENCE_MS,
      intervalMs: 250,
    }).catch(() => problems.push(`I10: ${name} went from ${atFirst} to ${now} open files`));
  }
  return problems;
}
