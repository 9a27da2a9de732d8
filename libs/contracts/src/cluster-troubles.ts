import { IsIn, IsOptional, IsString } from 'class-validator';
import { defineEvent } from './contract';

/**
 * What AlertAgent raises an alert of its own about. `sidecar_silent`: nothing is heard from a member; `member_unhealthy`: it is heard and
 * not well, as is an address that does not answer; `cluster_critical`: this is so for all members of one type.
 */
export const CLUSTER_TROUBLE_KINDS = ['sidecar_silent', 'member_unhealthy', 'cluster_critical'] as const;
export type ClusterTroubleKind = (typeof CLUSTER_TROUBLE_KINDS)[number];

/** A trouble of a cluster that goes on. */
export class ClusterTrouble {
  @IsIn(CLUSTER_TROUBLE_KINDS) kind!: ClusterTroubleKind;
  /** Type and name of the member it is about; empty when it is about the cluster. */
  @IsString() type!: string;
  @IsString() subject!: string;
  /** The reason when it began. */
  @IsString() reason!: string;
  @IsString() since!: string;
}

export class ClusterTroubleChanged extends ClusterTrouble {
  @IsString() cluster_id!: string;
  @IsString() name!: string;
  /** Null when it begins. */
  @IsOptional() @IsString() ended_at?: string | null;
}

/** A trouble of a cluster began or ended; gateway raises or resolves an alert in that cluster. */
export const clusterTroubleChanged = defineEvent({
  owner: 'clusters',
  subject: 'alertagent.clusters.v1.cluster-trouble-changed',
  payload: ClusterTroubleChanged,
  key: 'cluster_id',
});
