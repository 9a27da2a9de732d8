import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AnalysesStore } from '../analyses/analyses.store';

/** Milliseconds between looks whether an answer is still wanted. */
const LOOK_MS = 500;

/** Cuts calls of models whose analysis is over, whoever ended it on whichever instance. */
@Injectable()
export class RunningCalls {
  constructor(
    private readonly dataSource: DataSource,
    private readonly analyses: AnalysesStore,
  ) {}

  /** Runs `call` with a signal that is aborted when the analysis is over before it. */
  async whileWanted<T>(analysisId: string, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const timer = setInterval(() => void this.look(analysisId, controller), LOOK_MS);
    try {
      return await call(controller.signal);
    } finally {
      clearInterval(timer);
    }
  }

  private async look(analysisId: string, controller: AbortController): Promise<void> {
    try {
      if (!(await this.analyses.isOpen(this.dataSource.manager, analysisId))) controller.abort();
    } catch {
      // Not knowing is no reason to cut a call; the next look may tell.
    }
  }
}
