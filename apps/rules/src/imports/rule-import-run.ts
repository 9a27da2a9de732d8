import { setImmediate as nextTurn } from 'node:timers/promises';
import { inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PromqlSource } from '../sources/promql-source';
import { GroupImport } from './group-import';
import { LeaseLost } from './import-records';
import { readApart, type ReadTask } from './read-apart';
import { RuleImportLeases } from './rule-import-leases';
import { RuleImportsStore, type LeasedImport } from './rule-imports.store';

/** Carries one import out, from what was sent to the result of its last rule. */
@Injectable()
export class RuleImportRun {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleImportsStore,
    private readonly leases: RuleImportLeases,
    private readonly groups: GroupImport,
    private readonly source: PromqlSource,
  ) {}

  /**
   * Goes on after the last result that there is. Errors: ArchiveFault and SourceFailure, whose messages may be shown;
   * LeaseLost; `unavailable`.
   */
  async carryOut(held: LeasedImport, signal: AbortSignal): Promise<void> {
    const read = await readApart(await this.task(held));
    held.total = read.reduce((sum, { items }) => sum + items.length, 0);
    if (!(await this.leases.change(held, { total: held.total }))) throw new LeaseLost();
    for (const group of read) {
      signal.throwIfAborted();
      await this.groups.take(held, group);
      await nextTurn();
    }
  }

  private async task(held: LeasedImport): Promise<ReadTask> {
    const { id, format, options } = held;
    const namespace = options.namespace ?? null;
    const parts = await this.store.parts(this.dataSource.manager, id);
    if (format !== 'live' || parts.length > 0) {
      return { format, namespace, bytes: Buffer.concat(parts.map(({ data }) => Buffer.from(data, 'base64'))) };
    }
    const data = await this.source.read(held.sourceUrl!, '/rules');
    const bytes = Buffer.from(JSON.stringify({ status: 'success', data }));
    // Kept, so that whoever takes the import up again goes on with the very same rules.
    await inTransaction(this.dataSource, (tx) =>
      this.store.savePart(tx, { importId: id, index: 0, data: bytes.toString('base64') }),
    );
    return { format, namespace, bytes };
  }
}
