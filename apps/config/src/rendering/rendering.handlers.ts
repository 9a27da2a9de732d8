import {
  alertmanagerConfigChanged,
  clusterChanged,
  clusterRegistered,
  clusterRetired,
  clusterRulesChanged,
  rulePublished,
  ruleWithdrawn,
  type AlertmanagerConfigChanged,
  type ClusterChanged,
  type ClusterRetired,
  type ClusterRulesChanged,
  type RulePublished,
  type RuleWithdrawn,
} from '@alertagent/contracts';
import { OnEvent } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ClusterRetirement } from './cluster-retirement';
import { RenderQueue } from './render-queue';

/** A batch changes hundreds of rules: events that wait together share one render of their cluster. */
const TOGETHER = { together: 250 };

/**
 * Each of these facts makes one configuration worth another look. The handlers need no inbox: they look at the present
 * state instead of the event, so that a repeated or late event changes nothing.
 */
@Controller()
export class RenderingHandlers {
  constructor(
    private readonly queue: RenderQueue,
    private readonly retirement: ClusterRetirement,
  ) {}

  @OnEvent(rulePublished, TOGETHER)
  async onRulePublished({ cluster_id }: RulePublished): Promise<void> {
    await this.queue.render({ clusterId: cluster_id, type: 'prometheus-rules' });
  }

  @OnEvent(ruleWithdrawn, TOGETHER)
  async onRuleWithdrawn({ cluster_id }: RuleWithdrawn): Promise<void> {
    await this.queue.render({ clusterId: cluster_id, type: 'prometheus-rules' });
  }

  @OnEvent(clusterRulesChanged, TOGETHER)
  async onClusterRulesChanged({ cluster_id }: ClusterRulesChanged): Promise<void> {
    await this.queue.render({ clusterId: cluster_id, type: 'prometheus-rules' });
  }

  // Which rules a new or relabelled cluster gets is decided by `rules`, which then says so itself. Its canary is decided by its settings.
  @OnEvent(clusterRegistered)
  async onClusterRegistered({ cluster_id }: ClusterChanged): Promise<void> {
    await this.queue.render({ clusterId: cluster_id, type: 'alertmanager-config' });
    await this.queue.render({ clusterId: cluster_id, type: 'prometheus-rules' });
  }

  @OnEvent(clusterChanged)
  async onClusterChanged({ cluster_id }: ClusterChanged): Promise<void> {
    await this.queue.render({ clusterId: cluster_id, type: 'alertmanager-config' });
    await this.queue.render({ clusterId: cluster_id, type: 'prometheus-rules' });
  }

  @OnEvent(alertmanagerConfigChanged, TOGETHER)
  async onAlertmanagerConfigChanged({ cluster_id }: AlertmanagerConfigChanged): Promise<void> {
    await this.queue.render({ clusterId: cluster_id, type: 'alertmanager-config' });
  }

  @OnEvent(clusterRetired)
  async onClusterRetired({ cluster_id }: ClusterRetired): Promise<void> {
    await this.retirement.retire(cluster_id);
  }
}
