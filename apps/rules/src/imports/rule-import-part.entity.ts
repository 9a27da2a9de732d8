import { EntitySchema } from 'typeorm';

/** A piece of what was sent, in base64; gone once the import has ended. */
export interface StoredImportPart {
  importId: string;
  index: number;
  data: string;
}

export const ruleImportPartEntity = new EntitySchema<StoredImportPart>({
  name: 'rule_import_parts',
  columns: {
    importId: { name: 'import_id', type: 'varchar', length: 36, primary: true },
    index: { name: 'part_index', type: 'int', primary: true },
    data: { type: 'longtext' },
  },
});
