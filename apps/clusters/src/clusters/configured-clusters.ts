import { formatDuration } from '@alertagent/alerting';
import { ClusterInput, parsePayload, type Actor } from '@alertagent/contracts';
import { AlertAgentConfig, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ClustersService } from './clusters.service';

const CONFIGURATION: Actor = { kind: 'system', id: 'configuration', name: 'alertagent.yml' };

/** Registers the clusters of the configuration file at start, those that are missing. Later changes are made over the API. */
@Injectable()
export class ConfiguredClusters implements OnApplicationBootstrap {
  private readonly log: Logger;

  constructor(
    private readonly clusters: ClustersService,
    private readonly config: AlertAgentConfig,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('configured-clusters');
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const { name, endpoint, sync_interval, health_check_interval, labels } of this.config.alertmanager.clusters) {
      const config = {
        sync_interval: formatDuration(sync_interval),
        health_check_interval: formatDuration(health_check_interval),
      };
      // Configuration is checked for form only; what the API would refuse is refused here too, before anything starts.
      const input = parsePayload(ClusterInput, { name, endpoint, config, labels });
      const outcome = await this.clusters.registerIfMissing(input, CONFIGURATION);
      if (outcome === 'registered')
        this.log.info({ cluster: name }, 'cluster of the configuration registered; issue its tokens over the API');
    }
  }
}
