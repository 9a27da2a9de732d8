import { ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StoredAlertmanager } from '../clusters/cluster-content';
import { ClustersStore } from '../clusters/clusters.store';
import type { StoredCluster } from '../clusters/stored-cluster';
import { ENDPOINT_TYPE } from '../health/cluster-health';
import { HealthStore } from '../health/health.store';
import type { StoredMember } from '../health/stored-member';
import { worstOf, type ClusterMembers } from './member';

/** Finds the Alertmanagers of clusters, and how they were when somebody looked last. */
@Injectable()
export class MemberDirectory {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: ClustersStore,
    private readonly health: HealthStore,
  ) {}

  /** Errors: `not_found`; `conflict` when it has no address. */
  async of(idOrName: string): Promise<ClusterMembers> {
    const { manager } = this.dataSource;
    const cluster = await this.clusters.find(manager, idOrName);
    if (!cluster) throw new ServiceError('not_found', 'there is no such cluster');
    const found = membersOf(cluster, await this.health.members(manager, [cluster.id]));
    if (found.members.length > 0) return found;
    throw new ServiceError('conflict', 'the cluster has no address of an Alertmanager; set its alertmanagers');
  }

  /** All clusters with an address, in the order of registration, from the one with this id on. */
  async all(from: string | null = null): Promise<ClusterMembers[]> {
    const { manager } = this.dataSource;
    const clusters = (await this.clusters.list(manager, {})).filter(({ id }) => from === null || id >= from);
    const rows = await this.health.members(
      manager,
      clusters.map(({ id }) => id),
    );
    return clusters.map((cluster) => membersOf(cluster, rows)).filter(({ members }) => members.length > 0);
  }
}

function membersOf(cluster: StoredCluster, rows: readonly StoredMember[]): ClusterMembers {
  const own = rows.filter(({ clusterId }) => clusterId === cluster.id);
  const members = addressesOf(cluster).map(({ url, member }) => ({
    clusterId: cluster.id,
    cluster: cluster.name,
    address: url,
    name: member,
    health: worstOf(own.filter((row) => isAbout(row, url, member)).map(({ status }) => status)),
  }));
  return { id: cluster.id, name: cluster.name, members };
}

function addressesOf({ alertmanagers, endpoint }: StoredCluster): StoredAlertmanager[] {
  if (alertmanagers && alertmanagers.length > 0) return alertmanagers;
  return endpoint ? [{ url: endpoint.replace(/\/+$/, ''), member: null }] : [];
}

/** The check of the cluster's own address is known by its host, a sidecar's report by the name that was given. */
function isAbout(row: StoredMember, url: string, member: string | null): boolean {
  if (row.type === ENDPOINT_TYPE) return URL.canParse(url) && row.name === new URL(url).host.slice(0, 200);
  return row.type === 'alertmanager-config' && member !== null && row.name === member;
}
