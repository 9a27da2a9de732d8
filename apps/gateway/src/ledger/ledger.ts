import { DISPOSITIONS, type DispositionCounts } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClusterNames } from '../incidents/cluster-names';
import { INBOX_PENDING } from '../intake/inbox-state';
import type { LedgerAccount, LedgerView } from './ledger.dto';

interface LedgerRow {
  cluster_id: string;
  /** Null for the row that sums up the inbox. */
  disposition: keyof DispositionCounts | null;
  alerts: unknown;
  pending: unknown;
}

/** Counts what was accepted against what became of it. */
@Injectable()
export class Ledger {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClusterNames,
  ) {}

  /** For all clusters, or one, archived ones included. One statement reads both sides, so that no batch commits in between. */
  async show(clusterId?: string): Promise<LedgerView> {
    const filter = clusterId === undefined ? '' : 'WHERE cluster_id = ? ';
    const filterValues = clusterId === undefined ? [] : [clusterId];
    const rows: LedgerRow[] = await this.dataSource.query(
      `SELECT cluster_id, NULL AS disposition, SUM(alert_count) AS alerts, SUM(CASE WHEN state = ${INBOX_PENDING} THEN alert_count ELSE 0 END) AS pending ` +
        `FROM alert_inbox ${filter}GROUP BY cluster_id ` +
        `UNION ALL SELECT cluster_id, disposition, COUNT(*) AS alerts, 0 AS pending FROM alert_processing_records ${filter}GROUP BY cluster_id, disposition ` +
        `UNION ALL SELECT cluster_id, CASE disposition WHEN 'accepted' THEN NULL ELSE disposition END AS disposition, alerts, 0 AS pending FROM ledger_archive ${filter}`,
      [...filterValues, ...filterValues, ...filterValues],
    );
    const accounts = new Map<string, Omit<LedgerAccount, 'balanced'>>();
    const total = emptyAccount();
    for (const row of rows) {
      const account = accounts.get(row.cluster_id) ?? emptyAccount();
      accounts.set(row.cluster_id, account);
      enter(account, row);
      enter(total, row);
    }
    const names = await this.clusters.of([...accounts.keys()]);
    const clusters = [...accounts].map(([cluster_id, account]) => ({
      cluster_id,
      cluster_name: names.get(cluster_id) ?? cluster_id,
      ...balance(account),
    }));
    return { ...balance(total), clusters: clusters.sort((a, b) => (a.cluster_id < b.cluster_id ? -1 : 1)) };
  }
}

function emptyAccount(): Omit<LedgerAccount, 'balanced'> {
  const dispositions = Object.fromEntries(DISPOSITIONS.map((name) => [name, 0])) as unknown as DispositionCounts;
  return { accepted: 0, pending: 0, dispositions };
}

function enter(account: Omit<LedgerAccount, 'balanced'>, row: LedgerRow): void {
  if (row.disposition === null) {
    account.accepted += Number(row.alerts);
    account.pending += Number(row.pending);
  } else {
    account.dispositions[row.disposition] += Number(row.alerts);
  }
}

function balance(account: Omit<LedgerAccount, 'balanced'>): LedgerAccount {
  const ended = DISPOSITIONS.reduce((sum, name) => sum + account.dispositions[name], 0);
  return { ...account, balanced: account.accepted === account.pending + ended };
}
