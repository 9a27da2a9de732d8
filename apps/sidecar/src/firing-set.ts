import type { ConfigClient } from './config-client';
import { ExchangeFailed, Stopped } from './http-exchange';
import type { Log } from './json-log';
import { pause } from './pause';
import type { TargetClient } from './target';

/** The receiver to which AlertAgent's rendered configuration routes everything. */
const RECEIVER = 'alertagent';
/** All that fires and is routed to AlertAgent, also what is silenced or inhibited: it has not ended. */
const ALERTS = `/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true&receiver=${RECEIVER}`;
/** The largest set that is passed on, in bytes; for a moment it is in memory twice. */
const MAX_BYTES = 8 * 1024 * 1024;

const [OPENING, CLOSING] = Buffer.from('[]');

/** What the sender works with. */
export interface FiringSetParts {
  target: TargetClient;
  client: ConfigClient;
  syncIntervalMs: number;
  log: Log;
}

/**
 * Tells AlertAgent, every sync interval, all that fires at this Alertmanager, so that a notification that never arrived is noticed. It
 * works beside everything else and holds nothing up; a set that cannot be had or delivered is left out, and said once.
 */
export class FiringSetSender {
  private lastTrouble = '';

  constructor(private readonly parts: FiringSetParts) {}

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // The first set comes after a pause: a target that starts together with this process has not been told yet what fires.
      await pause(this.parts.syncIntervalMs * (0.9 + Math.random() * 0.1), signal);
      if (!signal.aborted) await this.send();
    }
  }

  private async send(): Promise<void> {
    try {
      const takenAt = new Date().toISOString();
      const { body } = await this.parts.target.get(ALERTS, MAX_BYTES);
      const list = withoutTrailingSpace(body);
      // Not parsed here, and not even made a string: thousands of alerts would not fit into this heap. AlertAgent checks each of them.
      if (list[0] !== OPENING || list[list.length - 1] !== CLOSING)
        return this.troubled('the target did not answer with a list of alerts');
      const head = Buffer.from(`{"taken_at":"${takenAt}","alerts":`);
      const status = await this.parts.client.firingSet(Buffer.concat([head, list, Buffer.from('}')]));
      if (status < 200 || status > 299) return this.troubled(`AlertAgent answered ${status}${ADVICE[status] ?? ''}`);
      if (this.lastTrouble !== '') this.parts.log('info', 'what fires is compared again');
      this.lastTrouble = '';
    } catch (error) {
      if (error instanceof Stopped) return;
      this.troubled(error instanceof ExchangeFailed ? error.message : 'the set could not be sent');
    }
  }

  private troubled(trouble: string): void {
    if (trouble !== this.lastTrouble)
      this.parts.log('warn', 'what fires could not be compared; lost notifications are not noticed', {
        error: trouble,
      });
    this.lastTrouble = trouble;
  }
}

const ADVICE: Readonly<Record<number, string>> = {
  404: ': only the gateway compares; let ALERTAGENT_ENDPOINT point there, or set ALERTAGENT_FIRING_SET=off',
  413: ': the set is larger than gateway.intake.max_body_bytes',
};

function withoutTrailingSpace(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1]! <= 0x20) end -= 1;
  return bytes.subarray(0, end);
}
