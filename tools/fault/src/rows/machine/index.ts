import type { FaultRow } from '../../row';
import { wrongClock } from './clock';
import { everythingKilled } from './everything-killed';
import { starvedOfCpu, starvedOfFiles, starvedOfMemory } from './starved';

/** Faults of the whole machine, and of time. */
export const MACHINE_ROWS: readonly FaultRow[] = [
  everythingKilled,
  starvedOfCpu,
  starvedOfMemory,
  starvedOfFiles,
  wrongClock,
];
