import {
  ASSUMED_VERSIONS,
  canaryGroup,
  canaryRule,
  CANARY_RULE_ID,
  GroupTexts,
  MARKER_RULE_ID,
  renderAlertmanagerConfig,
  renderConfigurationDocument,
  renderedGroupName,
  renderRuleFile,
  RenderError,
  type ConfigurationDocument,
  type RenderedFile,
} from '@alertagent/alerting';
import {
  getCluster,
  getClusterRules,
  getDesiredAlertmanagerConfig,
  ServiceError,
  type RevisionRule,
} from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { ConfigKey } from '../revisions/config-key';

/** Enough for 10,000 rules of 1,200 characters, twice. */
const REMEMBERED_CHARACTERS = 24_000_000;

/** What a cluster should run now, as a file; or why no file could be made of it. */
export type DesiredFile = {
  /** Rules meant to be in the file, in its order. */
  manifest: RevisionRule[];
  /** Rules that may vanish, because somebody withdrew them. */
  withdrawnRuleIds: ReadonlySet<string>;
} & ({ kind: 'rendered'; content: string; hash: string } | { kind: 'unrenderable'; reason: string });

/** Asks the owners what a cluster should run and renders it. */
@Injectable()
export class DesiredFiles {
  /** What is the same on many clusters, or was so before, is written once. */
  private readonly texts = new GroupTexts(REMEMBERED_CHARACTERS);

  constructor(private readonly bus: Bus) {}

  /**
   * Null when the owner knows no such cluster (any more). Errors: ServiceError `unavailable` or `deadline` when the
   * owner can't answer.
   */
  async ask(key: ConfigKey): Promise<DesiredFile | null> {
    try {
      return key.type === 'prometheus-rules'
        ? await this.ruleFile(key.clusterId)
        : await this.alertmanagerConfig(key.clusterId);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'not_found') return null;
      throw error;
    }
  }

  private async ruleFile(clusterId: string): Promise<DesiredFile> {
    const { rules, groups = [], withdrawn_rule_ids } = await this.bus.request(getClusterRules, { id: clusterId });
    const { config, kind, status } = await this.bus.request(getCluster, { id: clusterId });
    const hasCanary = config.canary === true && kind !== 'alertmanager' && status === 'active';
    // Whoever switched the canary off wants it gone; the marker comes and goes with what it proves.
    const withdrawnRuleIds = new Set([...withdrawn_rule_ids, MARKER_RULE_ID, ...(hasCanary ? [] : [CANARY_RULE_ID])]);
    const all = hasCanary ? [...rules, canaryRule] : rules;
    const settings = hasCanary ? [...groups, canaryGroup] : groups;
    const meant = all.map((rule) => ({
      rule_id: rule.rule_id,
      rule_version: rule.version,
      group: renderedGroupName(rule.namespace, rule.group),
      name: rule.name,
    }));
    return { withdrawnRuleIds, manifest: meant, ...attempt(() => renderRuleFile(all, settings, this.texts)) };
  }

  private async alertmanagerConfig(clusterId: string): Promise<DesiredFile> {
    const {
      cluster_id: _id,
      document,
      secrets = {},
      versions = ASSUMED_VERSIONS,
      ...desired
    } = await this.bus.request(getDesiredAlertmanagerConfig, { id: clusterId });
    const secretOf = (name: string): string | null => (Object.hasOwn(secrets, name) ? secrets[name]! : null);
    const render = (): RenderedFile =>
      document
        ? renderConfigurationDocument(document as ConfigurationDocument, secretOf, versions)
        : renderAlertmanagerConfig(desired);
    return { withdrawnRuleIds: new Set(), manifest: [], ...attempt(render) };
  }
}

type Attempt =
  | { kind: 'rendered'; content: string; hash: string; manifest: RevisionRule[] }
  | { kind: 'unrenderable'; reason: string };

function attempt(render: () => { content: string; hash: string; manifest: RevisionRule[] }): Attempt {
  try {
    const { content, hash, manifest } = render();
    return { kind: 'rendered', content, hash, manifest };
  } catch (error) {
    if (error instanceof RenderError) return { kind: 'unrenderable', reason: error.reason };
    throw error;
  }
}
