import type { FaultRow } from '../../row';
import { approvalRace } from './approvals';
import { difyGarbage } from './dify-garbage';
import { hostileDify } from './hostile-dify';
import { lostWorker } from './lost-worker';
import { n8nFaults } from './n8n-faults';
import { n8nKilled } from './n8n-killed';
import { n8nOutage } from './n8n-outage';

/** What models, workflows, approvers and lost processes may not do. */
export const AI_ROWS: readonly FaultRow[] = [
  n8nFaults,
  n8nOutage,
  n8nKilled,
  difyGarbage,
  hostileDify,
  approvalRace,
  lostWorker,
];
