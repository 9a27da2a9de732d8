import { LOGGER, Metrics, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DifyCopies } from './dify-copies';
import { DifyDataset } from './dify-dataset';
import { COPY_STATES } from './dify-document';
import { DifyDocumentsStore } from './dify-documents.store';

const LOOK_MS = 1_000;

/** Keeps a dataset of Dify the same as the knowledge here, in the background: nothing waits for it. */
@Injectable()
export class DifyMirror implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly work: RepeatedWork;
  private readonly documents;

  constructor(
    private readonly dataSource: DataSource,
    private readonly copies: DifyCopies,
    private readonly store: DifyDocumentsStore,
    private readonly dataset: DifyDataset,
    metrics: Metrics,
    @Inject(LOGGER) log: Logger,
  ) {
    this.documents = metrics.gauge({
      name: 'ai_dify_documents',
      help: 'Documents of the knowledge by the state of their copies in the dataset of Dify.',
      labels: { state: COPY_STATES },
    });
    const own = log.component('dify-mirror');
    this.work = new RepeatedWork({
      everyMs: LOOK_MS,
      maxPauseMs: 30_000,
      work: () => this.turn(),
      onFailure: (error) => own.warn({ error }, 'the copy of the knowledge in Dify waits'),
    });
  }

  onApplicationBootstrap(): void {
    if (this.dataset.id !== null) this.work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  private async turn(): Promise<void> {
    await this.copies.turn();
    const counts = await this.store.counts(this.dataSource.manager, this.dataset.id ?? '');
    for (const state of COPY_STATES) this.documents.set({ state }, counts[state]);
  }
}
