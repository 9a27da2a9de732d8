import type { FaultRow } from '../../row';
import { herd, servedWithoutDatabase } from './centre';
import { sidecarDiskFull, sidecarPowerCut } from './disk';
import { centreDead } from './centre-dead';
import { badDownloads, serverKilledDuringPull } from './downloads';
import { provenLive } from './fleet';
import { invalidRender } from './invalid-render';
import { sidecarKilled } from './killed';
import { handEdited, twoSidecars } from './other-hands';
import { rolledBack, rulesLost } from './sets';
import { targetFaults } from './target';

/** Faults of sidecars, of what they keep, and of those they ask. */
export const SIDECAR_ROWS: readonly FaultRow[] = [
  serverKilledDuringPull,
  badDownloads,
  sidecarKilled,
  sidecarPowerCut,
  sidecarDiskFull,
  targetFaults,
  invalidRender,
  rulesLost,
  herd,
  servedWithoutDatabase,
  rolledBack,
  twoSidecars,
  handEdited,
  provenLive,
  centreDead,
];
