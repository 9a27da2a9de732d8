import { IsIn, IsOptional, IsString } from 'class-validator';
import { defineEvent } from './contract';

/**
 * What AlertAgent raises an alert of its own about. `sidecar_silent`: nothing is heard from a member; `member_unhealthy`: it is heard and
 * not well, as is an address that does not answer; `cluster_critical`: this is so for all members of one type; `alert_path_broken`: the
 * canary does not arrive, and the type names the broken hop.
 */
export const CLUSTER_TROUBLE_KINDS = [
  'sidecar_silent',
  'member_unhealthy',
  'cluster_critical',
  'alert_path_broken',
] as const;
export type ClusterTroubleKind = (typeof CLUSTER_TROUBLE_KINDS)[number];

/**
 * Where a canary gets lost: `prometheus` does not evaluate, `alertmanager` is not well, or it is lost between two of them.
 * `after_prometheus`: behind Prometheus, and no more can be told without a sidecar beside Alertmanager.
 */
export const CANARY_HOPS = [
  'prometheus',
  'prometheus_to_alertmanager',
  'alertmanager',
  'alertmanager_to_gateway',
  'after_prometheus',
] as const;
export type CanaryHop = (typeof CANARY_HOPS)[number];

/** A trouble of a cluster that goes on. */
export class ClusterTrouble {
  @IsIn(CLUSTER_TROUBLE_KINDS) kind!: ClusterTroubleKind;
  /** Type and name of the member it is about; empty when it is about the cluster. Of a broken way: the hop, and the Prometheus if it is only one. */
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
