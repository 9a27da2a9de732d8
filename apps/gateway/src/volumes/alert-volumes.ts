import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClusterNames } from '../incidents/cluster-names';
import type { Volume } from './line-protocol';

/** Rows of one answer; more need a shorter time or a larger step. */
export const MOST_VOLUMES = 10_000;

/** What is asked for. */
export interface VolumeRange {
  /** Epoch milliseconds; `to` is not included. */
  from: number;
  to: number;
  /** Milliseconds that are summed up; whole minutes. */
  step: number;
  clusterId?: string;
}

/** How many alerts came, by minute and what became of them. */
@Injectable()
export class AlertVolumes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
  ) {}

  /** Oldest first. Errors: ServiceError `invalid` when there are more than `MOST_VOLUMES`. */
  async between(range: VolumeRange): Promise<Volume[]> {
    const volumes = await this.read(range, ` LIMIT ${MOST_VOLUMES + 1}`);
    if (volumes.length <= MOST_VOLUMES) return volumes;
    const detail = `the answer has more than ${MOST_VOLUMES} points; ask for a shorter time or a larger step`;
    throw new ServiceError('invalid', detail, { errors: [{ pointer: '/step', code: 'too_many_points', detail }] });
  }

  /** Oldest first, however many; for short times only. Errors: those of the database. */
  async all(range: VolumeRange): Promise<Volume[]> {
    return this.read(range, '');
  }

  private async read({ from, to, step, clusterId }: VolumeRange, limit: string): Promise<Volume[]> {
    const rows: { bucket: unknown; cluster_id: string; disposition: string; severity: string; alerts: unknown }[] =
      await this.dataSource.query(
        `SELECT bucket - (bucket % ?) AS bucket, cluster_id, disposition, severity, SUM(alerts) AS alerts FROM alert_volumes ` +
          `WHERE bucket >= ? AND bucket < ? ${clusterId === undefined ? '' : 'AND cluster_id = ? '}` +
          `GROUP BY 1, cluster_id, disposition, severity ORDER BY 1, cluster_id, disposition, severity${limit}`,
        [step, from, to, ...(clusterId === undefined ? [] : [clusterId])],
      );
    const names = await this.clusters.of(rows.map(({ cluster_id }) => cluster_id));
    return rows.map(({ bucket, cluster_id, disposition, severity, alerts }) => ({
      bucket: Number(bucket),
      cluster: names.get(cluster_id) ?? cluster_id,
      disposition,
      severity,
      alerts: Number(alerts),
    }));
  }
}
