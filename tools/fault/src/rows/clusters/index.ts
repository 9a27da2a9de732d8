import type { FaultRow } from '../../row';
import { addressesHang } from './blackholes';
import { addressesFlap } from './flapping';
import { tokensRevoked } from './tokens';

/** What happens to clusters, their addresses and tokens. */
export const CLUSTER_ROWS: readonly FaultRow[] = [addressesHang, addressesFlap, tokensRevoked];
