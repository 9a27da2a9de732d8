import type { FaultRow } from '../row';
import { AI_ROWS } from './ai';
import { CLUSTER_ROWS } from './clusters';
import { DATABASE_ROWS } from './database';
import { MACHINE_ROWS } from './machine';
import { NATS_ROWS } from './nats';
import { REDIS_ROWS } from './redis';
import { RULE_ROWS } from './rules';
import { SIDECAR_ROWS } from './sidecar';
import { alertmanagerKilled, alertmanagerPair, alertmanagerTruncates } from './gateway-alertmanagers';
import { gatewayFlapping } from './gateway-flapping';
import { gatewayFrozen } from './gateway-frozen';
import { killedAfterCommit, killedBeforeCommit } from './gateway-failpoints';
import { gatewayKilled } from './gateway-killed';
import { gatewayLargeGroup } from './gateway-large-group';
import { gatewayOutOfOrder } from './gateway-out-of-order';
import { gatewayOverloaded } from './gateway-overloaded';
import { gatewayReplayed } from './gateway-replayed';
import { gatewaySlowSenders } from './gateway-slow-senders';
import { gatewayRolled, gatewayStopped } from './gateway-stopped';

/** Every row, in the order in which they run; one line per row. */
export const FAULT_ROWS: readonly FaultRow[] = [
  gatewayKilled,
  killedAfterCommit,
  killedBeforeCommit,
  gatewayStopped,
  gatewayRolled,
  gatewayFrozen,
  gatewayOverloaded,
  gatewayLargeGroup,
  alertmanagerPair,
  alertmanagerKilled,
  gatewayReplayed,
  gatewayOutOfOrder,
  gatewayFlapping,
  alertmanagerTruncates,
  gatewaySlowSenders,
  ...RULE_ROWS,
  ...CLUSTER_ROWS,
  ...DATABASE_ROWS,
  ...NATS_ROWS,
  ...REDIS_ROWS,
  ...AI_ROWS,
  ...SIDECAR_ROWS,
  ...MACHINE_ROWS,
];
