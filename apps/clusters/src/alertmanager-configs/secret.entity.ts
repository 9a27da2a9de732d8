import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A secret that documents refer to by its name. */
export interface StoredSecret {
  name: string;
  /** Encrypted, bound to the name. */
  sealed: string;
  version: number;
  author: string;
  createdAt: Date;
  updatedAt: Date;
}

/** Names are columns of a primary key. */
export const LONGEST_SECRET_NAME = 500;

export const secretEntity = new EntitySchema<StoredSecret>({
  name: 'alertmanager_secrets',
  columns: {
    name: { type: 'varchar', length: LONGEST_SECRET_NAME, primary: true },
    sealed: { type: 'longtext' },
    version: { type: 'int' },
    author: { type: 'varchar', length: 200 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
  },
});
