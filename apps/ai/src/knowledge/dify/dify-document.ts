import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/**
 * `creating`: it may be there already, under a name that it is found by. `refused`: Dify did not want this version, or could not index it; the next
 * one is tried. `gone`: not there any more.
 */
export const COPY_STATES = ['creating', 'indexing', 'indexed', 'refused', 'gone'] as const;
export type CopyState = (typeof COPY_STATES)[number];

/** The copy of a document in a dataset of Dify. */
export interface DifyDocument {
  datasetId: string;
  documentId: string;
  /** Dify's id of it; null when there is none, or that is not known. */
  difyId: string | null;
  /** What Dify's state of indexing is asked by. */
  batch: string | null;
  state: CopyState;
  /** The version that was dealt with last; 0 before the first. */
  version: number;
  /** It is left alone until then. */
  dueAt: Date;
  /** Failures in a row. */
  failures: number;
  error: string | null;
}

export const difyDocumentEntity = new EntitySchema<DifyDocument>({
  name: 'dify_documents',
  columns: {
    datasetId: { name: 'dataset_id', type: 'varchar', length: 36, primary: true },
    documentId: { name: 'document_id', type: 'varchar', length: 36, primary: true },
    difyId: { name: 'dify_id', type: 'varchar', length: 100, nullable: true },
    batch: { type: 'varchar', length: 100, nullable: true },
    state: { type: 'varchar', length: 20 },
    version: { type: 'int' },
    dueAt: { name: 'due_at', type: 'bigint', transformer: epochMs },
    failures: { type: 'int' },
    error: { type: 'longtext', nullable: true },
  },
});
