import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { selectIn } from '../pipeline/bulk-write';
import type { Finding } from './checks';

/** Findings of one kind that are told apart; more mean the same. */
const MOST_FINDINGS = 20;
/** Open incidents, and members of them, that are counted in one look. */
const MOST_INCIDENTS = 500;
const MOST_MEMBERS = 20_000;

interface OpenIncident {
  id: string;
  alert_count: unknown;
}

/** Counts the members of open incidents again, some in each look, so that all have their turn whatever their size. */
@Injectable()
export class IncidentCounts {
  private after = '';

  constructor(private readonly dataSource: DataSource) {}

  /** Those that count wrongly, of the next ones and of those already known to. Errors: those of the database. */
  async check(): Promise<Finding[]> {
    const suspects: { subject: string }[] = await this.dataSource.query(
      `SELECT subject FROM gateway_findings WHERE kind = 'incident_miscounted' AND cleared_at IS NULL ORDER BY id LIMIT ${MOST_FINDINGS}`,
    );
    const ids = [...suspects.map(({ subject }) => subject), ...(await this.next())];
    // One statement reads both sides, so that no batch commits in between.
    const wrong = await selectIn<{ id: string; firing_count: unknown; members: unknown }>(
      this.dataSource.manager,
      ids,
      (list) =>
        'SELECT id, firing_count, members FROM (SELECT i.id, i.firing_count, ' +
        "(SELECT COUNT(*) FROM alerts a WHERE a.incident_id = i.id AND a.status = 'firing') AS members " +
        `FROM incidents i WHERE i.id IN (${list})) counted WHERE firing_count <> members`,
    );
    const known = new Set(suspects.map(({ subject }) => subject));
    const told = [...wrong.filter(({ id }) => known.has(id)), ...wrong.filter(({ id }) => !known.has(id))];
    return told.slice(0, MOST_FINDINGS).map(({ id, firing_count, members }) => ({
      kind: 'incident_miscounted',
      subject: id,
      detail: `the incident counts ${String(firing_count)} firing alerts and has ${String(members)}`,
    }));
  }

  private async next(): Promise<string[]> {
    const open: OpenIncident[] = await this.dataSource.query(
      `SELECT id, alert_count FROM incidents WHERE status = 'open' AND id > ? ORDER BY id LIMIT ${MOST_INCIDENTS}`,
      [this.after],
    );
    const taken: string[] = [];
    let members = 0;
    for (const { id, alert_count } of open) {
      members += Number(alert_count);
      if (taken.length > 0 && members > MOST_MEMBERS) break;
      taken.push(id);
    }
    const isLast = taken.length === open.length && open.length < MOST_INCIDENTS;
    this.after = isLast ? '' : taken[taken.length - 1]!;
    return taken;
  }
}
