import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What a cluster's source said about the series that a rule version needs. */
export interface StoredSeriesLook {
  clusterId: string;
  ruleId: string;
  version: number;
  /** Selectors without series, shortened, each with the reason. */
  missing: string[];
  lookedAt: Date;
}

export const seriesLookEntity = new EntitySchema<StoredSeriesLook>({
  name: 'rule_series_looks',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36, primary: true },
    version: { type: 'int' },
    missing: { type: 'longtext', transformer: json<string[]>() },
    lookedAt: { name: 'looked_at', type: 'bigint', transformer: epochMs },
  },
});
