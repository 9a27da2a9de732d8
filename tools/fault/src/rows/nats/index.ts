import type { FaultRow } from '../../row';
import { natsAbsentAtBoot, natsPartitioned } from './absent';
import { natsFrozenConsumer, natsLateDuplicate, natsPoison } from './deliveries';
import { natsKilled, natsPowerCut, natsStoreDeleted } from './killed';
import { natsLargeMessage, natsResponders } from './responders';
import { natsDiscardsOld, natsStoreFull, natsStreamFull } from './streams';

/** Faults of NATS. */
export const NATS_ROWS: readonly FaultRow[] = [
  natsAbsentAtBoot,
  natsKilled,
  natsPowerCut,
  natsStoreDeleted,
  natsStreamFull,
  natsDiscardsOld,
  natsStoreFull,
  natsLateDuplicate,
  natsPoison,
  natsFrozenConsumer,
  natsResponders,
  natsPartitioned,
  natsLargeMessage,
];
