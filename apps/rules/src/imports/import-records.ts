import type { RuleImportResult } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ImportGroup, ImportItem } from './import-groups';
import { resultOf, type Outcome } from './import-outcome';
import { RuleImportLeases } from './rule-import-leases';
import { RuleImportsStore, type LeasedImport } from './rule-imports.store';

/** Writes down what became of rules, in the transaction in which it became so. */
@Injectable()
export class ImportRecords {
  constructor(
    private readonly store: RuleImportsStore,
    private readonly leases: RuleImportLeases,
  ) {}

  of(group: ImportGroup, outcomes: readonly { item: ImportItem; outcome: Outcome }[]): RuleImportResult[] {
    return outcomes.map(({ item, outcome }) => resultOf(group, item, outcome));
  }

  /** Answers the import as it is then. Errors: LeaseLost when it is not this worker's any more. */
  async add(tx: EntityManager, held: LeasedImport, results: readonly RuleImportResult[]): Promise<LeasedImport> {
    const counts = { ...held.counts };
    for (const { outcome } of results) counts[outcome] += 1;
    const changes = { counts, done: held.done + results.length, leaseUntil: this.leases.leaseEnd() };
    if (!(await this.store.change(tx, held, changes))) throw new LeaseLost();
    await this.store.addResults(
      tx,
      results.map((result) => ({ importId: held.id, seq: result.seq, outcome: result.outcome, result })),
    );
    return { ...held, ...changes };
  }
}

/** The import was cancelled, or another worker has taken it up. */
export class LeaseLost extends Error {}
