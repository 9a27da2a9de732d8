import type { CatalogueEntry } from '@alertagent/alerting';
import {
  ServiceError,
  type ActionPage,
  type ActionView,
  type CatalogueEntryView,
  type CataloguePage,
  type ListActions,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pageOf, pagePosition } from '../requests/page';
import { actionView } from './action';
import { ActionsStore } from './actions.store';
import { Catalogue } from './catalogue';
import { Executors } from './executors/executors';
import { EVERYTHING } from './kill-switch';
import { KillSwitchesStore } from './kill-switches.store';

/** Questions about actions. */
@Injectable()
export class ActionQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ActionsStore,
    private readonly entries: Catalogue,
    private readonly switches: KillSwitchesStore,
    private readonly executors: Executors,
  ) {}

  /** Errors: `not_found`. */
  async get(id: string): Promise<ActionView> {
    const action = await this.store.find(this.dataSource.manager, id);
    if (!action) throw new ServiceError('not_found', 'there is no such action');
    return actionView(action);
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ incident_id, alert_id, action_type, execution_status, ...page }: ListActions): Promise<ActionPage> {
    const position = pagePosition(page);
    const filter = { incidentId: incident_id, alertId: alert_id, actionType: action_type, status: execution_status };
    return pageOf(await this.store.list(this.dataSource.manager, filter, position), position.limit, actionView);
  }

  async catalogue(): Promise<CataloguePage> {
    const stopped = new Set(
      (await this.switches.all(this.dataSource.manager))
        .filter(({ engaged }) => engaged)
        .map(({ actionType }) => actionType),
    );
    const items = [...this.entries.entries.values()].map((entry) => this.entryView(entry, stopped));
    return { items, next_cursor: null };
  }

  private entryView(entry: CatalogueEntry, stopped: ReadonlySet<string>): CatalogueEntryView {
    const { id, description, executor, post_check, post_check_within_ms, can_undo, caps, allows_autonomy } = entry;
    return {
      id,
      description,
      executor,
      parameters: entry.parameters.map(({ one_of, ...spec }) => ({ ...spec, one_of: one_of && [...one_of] })),
      targets: { clusters: [...entry.targets.clusters], namespaces: [...entry.targets.namespaces] },
      post_check,
      post_check_within_ms,
      can_undo,
      caps,
      allows_autonomy,
      stopped: stopped.has(EVERYTHING) || stopped.has(id),
      available: this.executors.of(entry).isAvailable(entry),
    };
  }
}
