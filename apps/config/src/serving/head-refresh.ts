import { LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { keyText, type ConfigKey } from '../revisions/config-key';
import { RevisionsStore } from '../revisions/revisions.store';
import { ConfigSigner } from '../signing/config-signer';
import { LongPolls } from './long-polls';
import { ServedRevisions } from './served-revisions';

/** How long a revision that another replica published can go unnoticed here, in milliseconds. */
const REFRESH_EVERY_MS = 1_000;

/** Looks once a second whether another replica published something that is served or waited for here, or replaced the key. */
@Injectable()
export class HeadRefresh implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private isFailing = false;
  private readonly log: Logger;

  constructor(
    private readonly revisions: RevisionsStore,
    private readonly served: ServedRevisions,
    private readonly polls: LongPolls,
    private readonly signer: ConfigSigner,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('serving');
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tick(), REFRESH_EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One look; never rejects, and never two at once. */
  tick(): Promise<void> {
    this.running ??= this.refresh()
      .then(
        () => this.recovered(),
        (error: unknown) => this.failed(error),
      )
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  private async refresh(): Promise<void> {
    this.served.forgetUnasked();
    await this.signer.refresh();
    this.served.resign();
    const wanted = new Map<string, ConfigKey>();
    for (const key of [...this.served.known(), ...this.polls.keys()]) wanted.set(keyText(key), key);
    if (wanted.size === 0) return;
    const heads = await this.revisions.headNumbers([...new Set([...wanted.values()].map((key) => key.clusterId))]);
    for (const { revision, ...key } of heads) {
      if (!wanted.has(keyText(key))) continue;
      const known = this.served.knownNumber(key);
      if (revision === 0) {
        if (known > 0) this.served.drop(key.clusterId);
      } else if (revision > known) {
        await this.served.load(key);
      } else {
        this.served.confirm(key, revision);
      }
    }
  }

  private failed(error: unknown): void {
    if (!this.isFailing)
      this.log.warn({ error }, 'The database does not answer: the last known revisions go on being served');
    this.isFailing = true;
  }

  private recovered(): void {
    if (this.isFailing) this.log.info({}, 'The database answers again');
    this.isFailing = false;
  }
}
