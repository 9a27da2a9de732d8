import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Ledger } from '../ledger/ledger';
import { findStuckWork, STUCK_KINDS, type Finding, type FindingKind } from './checks';
import { findEndedWhileFiring } from './ended-while-firing';
import { IncidentCounts } from './incident-counts';

/** What one look found, and which kinds it looked for: only those can be said to be gone. */
export interface AuditLook {
  found: Finding[];
  looked: FindingKind[];
}

/** All that the auditor checks. */
@Injectable()
export class AuditChecks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly incidents: IncidentCounts,
    private readonly ledger: Ledger,
    private readonly config: AlertAgentConfig,
  ) {}

  /** @param now epoch milliseconds @param withLedger also adds up the ledger, which reads every account. Errors: those of the database. */
  async run(now: number, withLedger: boolean): Promise<AuditLook> {
    const found = [...(await findStuckWork(this.dataSource, now)), ...(await this.incidents.check())];
    // Sets come more often than a settling time; what none of them tells any more is over.
    const { settling } = this.config.gateway.reconciliation;
    found.push(...(await findEndedWhileFiring(this.dataSource, now - settling)));
    const looked: FindingKind[] = [...STUCK_KINDS, 'incident_miscounted', 'ended_while_firing'];
    if (withLedger) {
      found.push(...(await this.unbalancedAccounts()));
      looked.push('ledger_unbalanced');
    }
    return { found, looked };
  }

  private async unbalancedAccounts(): Promise<Finding[]> {
    const { clusters } = await this.ledger.show();
    return clusters
      .filter(({ balanced }) => !balanced)
      .map(({ cluster_id, accepted, pending }) => ({
        kind: 'ledger_unbalanced',
        subject: cluster_id,
        detail: `${accepted} alerts accepted, ${pending} pending; the rest does not add up`,
      }));
  }
}
