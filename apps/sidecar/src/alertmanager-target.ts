import { alertmanagerConfigHash, loadedConfig } from './alertmanager-proof';
import { ExchangeFailed } from './http-exchange';
import { recordOf } from './rule-identity';
import type { LoadProof } from './rule-proof';
import {
  jsonOf,
  type ConfigContent,
  type ReloadAnswer,
  type Target,
  type TargetClient,
  type TargetHealth,
} from './target';

/** Alertmanager: the proof is the hash of the loaded file in its metrics. */
export class AlertmanagerTarget implements Target {
  readonly check = { tool: 'amtool', args: ['check-config'] };
  readonly minimalConfig = Buffer.from('route:\n  receiver: none\nreceivers:\n  - name: none\n');
  /** A reload starts every group over, so it is not asked for again and again. */
  readonly longestRetry = 20;
  readonly isExact = true;

  constructor(private readonly client: TargetClient) {}

  reload(): Promise<ReloadAnswer> {
    return this.client.reload();
  }

  async prove(content: ConfigContent): Promise<LoadProof> {
    const answer = await this.client.get('/metrics');
    const shown = loadedConfig(answer.body.toString('utf8'));
    if (shown.hash === alertmanagerConfigHash(content.bytes) && shown.lastReloadSuccessful === true)
      return { loaded: true, detail: null, rules: [] };
    const detail =
      shown.hash === null
        ? 'the target has no alertmanager_config_hash in its metrics'
        : 'the target runs another configuration than the file';
    return { loaded: false, detail, rules: [] };
  }

  health(): Promise<TargetHealth> {
    return this.client.health(async () => {
      const answer = await this.client.get('/api/v2/status').catch(onlyExchangeFailures);
      const version = answer && recordOf(recordOf(jsonOf(answer))['versionInfo'])['version'];
      return { kind: 'alertmanager', version: typeof version === 'string' ? version : null };
    });
  }
}

function onlyExchangeFailures(error: unknown): null {
  if (error instanceof ExchangeFailed) return null;
  throw error;
}
