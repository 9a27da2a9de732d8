import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from './atomic-file';
import { ExchangeFailed, type ExchangeAnswer } from './http-exchange';
import type { Log } from './json-log';
import { recordOf } from './rule-identity';
import { jsonOf } from './target';

/** Name of the token file; the rendered Alertmanager configuration refers to it beside itself. */
export const WEBHOOK_TOKEN_FILE = 'alertagent-webhook.token';

/**
 * Makes sure that the token with which Alertmanager authenticates its webhooks is beside its configuration (mode
 * 0600). An existing file is never touched: an operator may have put it there. Failures are logged once and tried
 * again by the next call.
 */
export function webhookTokenKeeper(options: {
  configPath: string;
  member: string;
  ask: (member: string) => Promise<ExchangeAnswer>;
  log: Log;
}): () => Promise<void> {
  const path = join(dirname(options.configPath), WEBHOOK_TOKEN_FILE);
  let lastTrouble = '';
  const troubled = (trouble: string): void => {
    if (trouble !== lastTrouble)
      options.log('warn', 'no webhook token could be obtained; Alertmanager cannot authenticate its webhooks', {
        error: trouble,
      });
    lastTrouble = trouble;
  };
  return async () => {
    if (existsSync(path)) return;
    try {
      const answer = await options.ask(options.member);
      const token = recordOf(jsonOf(answer))['token'];
      if (answer.status !== 201 || typeof token !== 'string' || !/^[\x21-\x7e]{1,512}$/.test(token))
        return troubled(`AlertAgent answered ${answer.status}`);
      await writeAtomically({ path, bytes: Buffer.from(token), mode: 0o600 });
      lastTrouble = '';
      options.log('info', 'a webhook token was stored', { path });
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw error;
      troubled(error.message);
    }
  };
}
