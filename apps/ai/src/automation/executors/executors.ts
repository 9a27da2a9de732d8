import type { CatalogueEntry, Executor } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import type { ActionExecutor } from './action-executor';
import { HttpExecutor } from './http-executor';
import { N8nExecutor } from './n8n-executor';
import { SilenceExecutor } from './silence-executor';
import { SuppressionExecutor } from './suppression-executor';

/** Who carries out what. */
@Injectable()
export class Executors {
  private readonly byName: Readonly<Record<Executor, ActionExecutor>>;

  constructor(
    n8n: N8nExecutor,
    http: HttpExecutor,
    alertmanager_silence: SilenceExecutor,
    suppression: SuppressionExecutor,
  ) {
    this.byName = { n8n, http, alertmanager_silence, suppression };
  }

  of({ executor }: CatalogueEntry): ActionExecutor {
    return this.byName[executor];
  }
}
