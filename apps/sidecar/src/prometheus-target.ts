import { errorText } from './error-code';
import { ExchangeFailed } from './http-exchange';
import { loadedFileApart } from './parse-apart';
import { recordOf } from './rule-identity';
import { proveRules, type LoadProof } from './rule-proof';
import {
  jsonOf,
  type ConfigContent,
  type ReloadAnswer,
  type Target,
  type TargetClient,
  type TargetHealth,
} from './target';

/** Prometheus (or what answers like it): the proof is the rule set in `/api/v1/rules`. */
export class PrometheusTarget implements Target {
  readonly check = { tool: 'promtool', args: ['check', 'rules'] };
  readonly minimalConfig = Buffer.from('groups: []\n');

  constructor(
    private readonly client: TargetClient,
    private readonly configPath: string,
  ) {}

  /** The reason of a refusal is only in Prometheus' own log, so the answer points there. */
  async reload(): Promise<ReloadAnswer> {
    const answer = await this.client.reload();
    return answer.kind === 'refused'
      ? { ...answer, reason: `${answer.reason} (the cause is in the log of Prometheus)` }
      : answer;
  }

  async prove(content: ConfigContent, since: number | null): Promise<LoadProof> {
    // Firing alerts can make the answer very large; versions that do not know the parameter ignore it.
    const answer = await this.client.get('/api/v1/rules?exclude_alerts=true');
    const shown = await loadedFileApart({ body: answer.body, configPath: this.configPath }).catch((error: unknown) => {
      throw new ExchangeFailed('cut', errorText(error));
    });
    return proveRules(content.rules, shown, since);
  }

  health(): Promise<TargetHealth> {
    return this.client.health(async () => {
      const answer = await this.client.get('/api/v1/status/buildinfo').catch(onlyExchangeFailures);
      const version = answer && recordOf(recordOf(jsonOf(answer))['data'])['version'];
      return typeof version === 'string' ? version : null;
    });
  }
}

function onlyExchangeFailures(error: unknown): null {
  if (error instanceof ExchangeFailed) return null;
  throw error;
}
