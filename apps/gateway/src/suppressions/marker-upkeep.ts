import { normaliseAlert, type CompiledPolicy } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { queryRows } from './query-rows';

const CHUNK = 500;
/** Markers removed in one sweep. */
const MOST_REMOVED = 500;

interface Row {
  id: string;
  cluster_id: string;
  labels: string;
  annotations: string;
  starts_at: string;
}

/**
 * Keeps the marks of alerts that hide others in step with what fires. The pipeline marks alerts as they begin; those that fired before
 * somebody wrote an inhibition are marked here, and marks that were left behind are taken away, or they would hide for ever.
 */
@Injectable()
export class MarkerUpkeep {
  private markedFor = 0;
  private readonly insert: string;

  constructor(private readonly dataSource: DataSource) {
    const words = dataSource.options.type === 'better-sqlite3' ? 'OR IGNORE INTO' : 'IGNORE INTO';
    // An alert that resolves in this moment must not be marked afterwards.
    this.insert = `INSERT ${words} alert_markers (marker_key, alert_id, suppression_id) SELECT ?, id, ? FROM alerts WHERE id = ? AND status = 'firing'`;
  }

  /** Errors: ServiceError `unavailable`. */
  async sweep(policy: CompiledPolicy): Promise<void> {
    await this.removeLeftOver();
    if (this.markedFor === policy.version) return;
    if (policy.suppressions.usesMarkers) await this.markFiring(policy);
    this.markedFor = policy.version;
  }

  private async markFiring({ suppressions }: CompiledPolicy): Promise<void> {
    for (let after: string | null = ''; after !== null;) {
      const rows: Row[] = await queryRows(
        this.dataSource,
        `SELECT id, cluster_id, labels, annotations, starts_at FROM alerts WHERE status = 'firing' AND id > ? ORDER BY id LIMIT ${CHUNK}`,
        [after],
      );
      for (const row of rows) {
        const markers = suppressions.markersOf(alertOf(row));
        // One at a time: several rows locked together could wait for the pipeline while it waits for them.
        for (const { marker_key, suppression_id } of markers) {
          await queryRows(this.dataSource, this.insert, [marker_key, suppression_id, row.id]);
        }
      }
      after = rows.length < CHUNK ? null : rows.at(-1)!.id;
    }
  }

  private async removeLeftOver(): Promise<void> {
    const rows: { alert_id: string }[] = await queryRows(
      this.dataSource,
      'SELECT DISTINCT m.alert_id AS alert_id FROM alert_markers m LEFT JOIN alerts a ON a.id = m.alert_id ' +
        `WHERE a.id IS NULL OR a.status <> 'firing' LIMIT ${MOST_REMOVED}`,
      [],
    );
    for (const { alert_id } of rows) {
      await queryRows(this.dataSource, 'DELETE FROM alert_markers WHERE alert_id = ?', [alert_id]);
    }
  }
}

function alertOf({ cluster_id, labels, annotations, starts_at }: Row): ReturnType<typeof normaliseAlert> {
  const [parsedLabels, parsedAnnotations] = [JSON.parse(labels) as unknown, JSON.parse(annotations) as unknown];
  const wire = { status: 'firing', labels: parsedLabels, annotations: parsedAnnotations, startsAt: starts_at };
  return normaliseAlert(wire, cluster_id);
}
