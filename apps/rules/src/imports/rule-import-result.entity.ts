import type { RuleImportOutcome, RuleImportResult } from '@alertagent/contracts';
import { json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What became of one rule of an import. */
export interface StoredImportResult {
  importId: string;
  seq: number;
  outcome: RuleImportOutcome;
  result: RuleImportResult;
}

export const ruleImportResultEntity = new EntitySchema<StoredImportResult>({
  name: 'rule_import_results',
  columns: {
    importId: { name: 'import_id', type: 'varchar', length: 36, primary: true },
    seq: { type: 'int', primary: true },
    outcome: { type: 'varchar', length: 20 },
    result: { type: 'longtext', transformer: json<RuleImportResult>() },
  },
});
