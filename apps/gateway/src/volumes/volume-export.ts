import {
  AlertAgentConfig,
  Clock,
  LOGGER,
  outboundClient,
  RepeatedWork,
  type Logger,
  type OutboundClient,
} from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InboxQueue } from '../intake/inbox-queue';
import { AlertVolumes } from './alert-volumes';
import { toLineProtocol } from './line-protocol';

const MINUTE = 60_000;
/** Batches may commit into a minute that is over: the last minutes are sent again, and those that webhooks still wait from; it overwrites the same points. */
const SENT_AGAIN_MS = 5 * MINUTE;
/** After a long outage of the receiver the gap is closed from here on. */
const FURTHEST_BACK_MS = 24 * 60 * MINUTE;
/** Minutes in one request. */
const MINUTES_PER_REQUEST = 10;

/** Sends the volumes of alerts to a database that takes InfluxDB line protocol, every minute. */
@Injectable()
export class VolumeExport implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly url: string;
  private readonly token: string;
  private readonly client: OutboundClient;
  private readonly repeated: RepeatedWork;
  /** Beginning of the first minute that was not sent for good. In memory: a new process sends the last day again. */
  private next: number | null = null;

  constructor(
    { gateway, security }: AlertAgentConfig,
    private readonly volumes: AlertVolumes,
    private readonly inbox: InboxQueue,
    private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.url = gateway.volumes_export.url;
    this.token = gateway.volumes_export.token;
    // The operator chose the address.
    this.client = outboundClient({ allow: [...security.outbound_allow, ...(this.url === '' ? [] : [this.url])] });
    const logger = log.component('volumes');
    this.repeated = new RepeatedWork({
      everyMs: MINUTE,
      maxPauseMs: 10 * MINUTE,
      work: () => this.send(),
      onFailure: (error) => logger.warn({ error }, 'alert volumes could not be sent; they are kept and sent later'),
      onRecovery: () => logger.info('alert volumes are sent again'),
    });
  }

  onApplicationBootstrap(): void {
    if (this.url !== '') this.repeated.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeated.stop();
  }

  /** Sends everything up to the present minute. Errors: whatever kept the receiver from taking it. */
  async send(): Promise<void> {
    const now = this.clock.now().getTime();
    const end = now - (now % MINUTE);
    // Asked before anything is read: what waits now is counted in its minute later.
    const waitingSince = (await this.inbox.oldestWaiting()) ?? end;
    let from = Math.max(this.next ?? 0, end - FURTHEST_BACK_MS);
    while (from < end) {
      const to = Math.min(end, from + MINUTES_PER_REQUEST * MINUTE);
      await this.post(toLineProtocol(await this.volumes.all({ from, to, step: MINUTE })));
      from = to;
    }
    this.next = Math.min(end - SENT_AGAIN_MS, waitingSince - (waitingSince % MINUTE));
  }

  private async post(body: string): Promise<void> {
    if (body === '') return;
    const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
    if (this.token !== '') headers['authorization'] = `Token ${this.token}`;
    const { status } = await this.client.request({ method: 'POST', url: this.url, headers, body });
    if (status < 200 || status > 299) throw new Error(`the receiver of alert volumes answered ${status}`);
  }
}
