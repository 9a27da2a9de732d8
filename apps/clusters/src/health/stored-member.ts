import type { TargetKind } from '@alertagent/contracts';
import type { MemberHealthState } from './member-health';

/** A replica with a sidecar, as last heard. */
export interface StoredMember extends MemberHealthState {
  clusterId: string;
  /** `prometheus-rules` or `alertmanager-config`: what its sidecar looks after. */
  type: string;
  name: string;
  /** What it showed itself to be. */
  kind: TargetKind | null;
  version: string | null;
  responseMs: number | null;
  /** How far its clock is ahead of ours. */
  clockAheadMs: number | null;
  /** When it showed that it runs no rule of ours; null when it last showed some. */
  bareAt: Date | null;
}

/** What a member has not shown yet. */
export const UNSHOWN = { kind: null, version: null, responseMs: null, clockAheadMs: null, bareAt: null };
