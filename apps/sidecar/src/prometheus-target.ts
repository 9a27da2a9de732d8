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
  type TargetIdentity,
} from './target';

/** Prometheus, or vmalert, which answers like it: the proof is the rule set in `/api/v1/rules`. */
export class PrometheusTarget implements Target {
  readonly check = { tool: 'promtool', args: ['check', 'rules'] };
  readonly minimalConfig = Buffer.from('groups: []\n');
  /** A reload keeps what is unchanged: what was put right is seen within two intervals. */
  readonly longestRetry = 2;
  readonly isExact = false;
  private isVmalert = false;

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
    return this.client.health(async () => (await this.prometheus()) ?? (await this.vmalert()));
  }

  private async prometheus(): Promise<TargetIdentity | null> {
    // vmalert logs an error for a path it does not know: it is asked once.
    if (this.isVmalert) return null;
    const answer = await this.client.get('/api/v1/status/buildinfo').catch(onlyExchangeFailures);
    const version = answer && recordOf(recordOf(jsonOf(answer))['data'])['version'];
    return typeof version === 'string' ? { kind: 'prometheus', version } : null;
  }

  private async vmalert(): Promise<TargetIdentity> {
    const answer = await this.client.get('/metrics').catch(onlyExchangeFailures);
    const [line] = /^vm_app_version\{.*$/m.exec(answer?.body.toString('utf8') ?? '') ?? [];
    if (line === undefined) return { kind: null, version: null };
    this.isVmalert = true;
    const [, version = ''] = /short_version="v?([^"]*)"/.exec(line) ?? [];
    return { kind: 'vmalert', version: version === '' ? null : version };
  }
}

function onlyExchangeFailures(error: unknown): null {
  if (error instanceof ExchangeFailed) return null;
  throw error;
}
