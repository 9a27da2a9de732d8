import type { FaultRow } from '../../row';
import { batchKilled } from './batch-killed';
import { editorsMeet } from './editors';

/** What happens to rules while people and processes get into each other's way. */
export const RULE_ROWS: readonly FaultRow[] = [editorsMeet, batchKilled];
