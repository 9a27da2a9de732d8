import type { FaultRow } from '../../row';
import { approvalRace } from './approvals';
import { difyGarbage } from './dify-garbage';
import { hostileDify } from './hostile-dify';
import { lostWorker } from './lost-worker';

/** What models, approvers and lost processes may not do. */
export const AI_ROWS: readonly FaultRow[] = [difyGarbage, hostileDify, approvalRace, lostWorker];
