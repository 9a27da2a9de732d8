import {
  ClusterSync,
  EffectiveAlertmanagerConfig,
  getCluster,
  getClusterSync,
  getEffectiveAlertmanagerConfig,
  getServedRules,
  listSyncHistory,
  ServedRules,
  SyncHistoryPage,
  SyncHistoryQuery,
} from '@alertagent/contracts';
import { Bus, QueryParams, RequireRole } from '@alertagent/service-kit';
import { Controller, Get, Param } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** What a cluster is served and how far its members are with it, over REST; the config service knows. */
@Controller('api/v1/clusters')
export class ClusterSyncsController {
  constructor(private readonly bus: Bus) {}

  @Get(':id/sync')
  @RequireRole('viewer')
  @Operation({
    summary: 'How far each member of a cluster is with what it is served: revision, hash, reason, repaired drift',
    response: ClusterSync,
  })
  async sync(@Param('id') id: string): Promise<ClusterSync> {
    return this.bus.request(getClusterSync, { cluster_id: await this.clusterId(id) });
  }

  @Get(':id/sync/history')
  @RequireRole('viewer')
  @Operation({
    summary: 'How the members of a cluster got on, change by change, newest first; kept for 90 days',
    query: SyncHistoryQuery,
    response: SyncHistoryPage,
  })
  async history(
    @Param('id') id: string,
    @QueryParams(SyncHistoryQuery) query: SyncHistoryQuery,
  ): Promise<SyncHistoryPage> {
    return this.bus.request(listSyncHistory, { ...query, cluster_id: await this.clusterId(id) });
  }

  @Get(':id/prometheus/rules')
  @RequireRole('viewer')
  @Operation({
    summary: 'The rule file that a cluster is served, as JSON',
    response: ServedRules,
  })
  async rules(@Param('id') id: string): Promise<ServedRules> {
    return this.bus.request(getServedRules, { cluster_id: await this.clusterId(id) });
  }

  @Get(':id/alertmanager/config')
  @RequireRole('viewer')
  @Operation({
    summary: "What a cluster's Alertmanagers are served, as JSON and without secrets; the same as alertmanager-config",
    response: EffectiveAlertmanagerConfig,
  })
  alertmanagerConfig(@Param('id') id: string): Promise<EffectiveAlertmanagerConfig> {
    return this.bus.request(getEffectiveAlertmanagerConfig, { id });
  }

  private async clusterId(id: string): Promise<string> {
    return (await this.bus.request(getCluster, { id })).id;
  }
}
