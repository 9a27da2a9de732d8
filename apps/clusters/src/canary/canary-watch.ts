import { CANARY_RULE_ID } from '@alertagent/alerting';
import type { AlertPathState, CanaryPlace, MemberReported } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { millisecondsOf } from '../clusters/cluster-content';
import type { StoredCluster } from '../clusters/stored-cluster';
import type { StoredTrouble } from '../health/stored-trouble';
import type { StoredMember } from '../health/stored-member';
import { clockAheadOf } from '../health/report-check';
import type { StoredSighting } from './stored-sighting';
import { canaryVerdict, type CanaryVerdict } from './canary-verdict';
import { CanarySightingsStore } from './canary-sightings.store';

/** An evaluation older than this when it is reported, in milliseconds, is no sign of life: the canary is evaluated every 30 s. */
const EVALUATED_WITHIN_MS = 120_000;

/** Knows where the canaries of clusters were seen, and so which hop of the way of their alerts is broken. */
@Injectable()
export class CanaryWatch {
  /** Sightings arrive over NATS: while it is away nothing is missing. */
  listeningSince: Date;

  constructor(
    private readonly store: CanarySightingsStore,
    private readonly clock: Clock,
  ) {
    this.listeningSince = clock.now();
  }

  /** The canary was seen by Alertmanager or arrived. The caller has the cluster locked. */
  async heard(
    tx: EntityManager,
    cluster: StoredCluster,
    sighting: { place: CanaryPlace; instance: string; at: Date },
  ): Promise<void> {
    if (isOn(cluster)) await this.store.note(tx, { clusterId: cluster.id, ...sighting });
  }

  /** A report may show that its Prometheus evaluates the canary. The caller has the cluster locked. */
  async reported(tx: EntityManager, cluster: StoredCluster, event: MemberReported): Promise<void> {
    const at = new Date(event.reported_at);
    const shown = event.rules.find(({ rule_id }) => rule_id === CANARY_RULE_ID);
    if (!isOn(cluster) || shown?.status !== 'live' || !shown.last_evaluation) return;
    // The member's own clock dates its evaluations.
    const evaluatedAt = Date.parse(shown.last_evaluation) - (clockAheadOf(event) ?? 0);
    if (at.getTime() - evaluatedAt > EVALUATED_WITHIN_MS) return;
    await this.store.note(tx, { clusterId: cluster.id, place: 'prometheus', instance: event.member, at });
  }

  /** Where the canaries of these clusters were seen. */
  sightings(manager: EntityManager, clusterIds: readonly string[]): Promise<StoredSighting[]> {
    return this.store.list(manager, clusterIds);
  }

  /** Whether the canary of a cluster arrives. */
  status(
    cluster: StoredCluster,
    members: readonly StoredMember[],
    sightings: readonly StoredSighting[],
  ): AlertPathState {
    return isOn(cluster) ? this.verdict(cluster, members, sightings).status : 'off';
  }

  private verdict(
    { settings }: StoredCluster,
    members: readonly StoredMember[],
    sightings: readonly StoredSighting[],
  ): CanaryVerdict {
    const { listeningSince } = this;
    const known = members.filter(({ type, status }) => type === 'alertmanager-config' && status !== 'unknown');
    const isAlertmanagerWell = known.length === 0 ? null : known.some(({ status }) => status === 'healthy');
    const syncIntervalMs = millisecondsOf(settings.sync_interval);
    return canaryVerdict({ sightings, isAlertmanagerWell, syncIntervalMs, listeningSince }, this.clock.now());
  }

  /** The cluster is gone. */
  async drop(tx: EntityManager, clusterId: string): Promise<void> {
    await this.store.drop(tx, clusterId);
  }

  /** The hops of a cluster's way that are broken now. */
  async troubles(
    manager: EntityManager,
    cluster: StoredCluster,
    members: readonly StoredMember[],
  ): Promise<StoredTrouble[]> {
    if (!isOn(cluster)) return [];
    const sightings = await this.store.list(manager, [cluster.id]);
    const { broken } = this.verdict(cluster, members, sightings);
    return broken.map(({ hop, instance, since, reason }) => ({
      clusterId: cluster.id,
      kind: 'alert_path_broken',
      type: hop,
      subject: instance,
      reason,
      since,
    }));
  }
}

/** A cluster that is being retired loses its canary with its rules. */
const isOn = ({ settings, kind, retiringAt }: StoredCluster): boolean =>
  settings.canary === true && kind !== 'alertmanager' && retiringAt === null;
