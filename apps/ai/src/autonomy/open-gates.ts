import { closedGates, type CatalogueEntry, type Gate } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KillSwitchesStore } from '../automation/kill-switches.store';
import { AutonomyRecords } from '../suggestions/autonomy-records';

/** Which gates would be closed for a suggestion now, if the operator let things run by themselves. */
@Injectable()
export class OpenGates {
  constructor(
    private readonly switches: KillSwitchesStore,
    private readonly records: AutonomyRecords,
  ) {}

  /** Caps are not looked at here: they are about the moment in which it begins. */
  async closedFor(manager: EntityManager, { entry, rule }: { entry: CatalogueEntry; rule: string }): Promise<Gate[]> {
    const { is_earned } = await this.records.of(manager, { rule, actionType: entry.id });
    return closedGates({
      entry,
      is_stopped: await this.switches.isStopped(manager, entry.id),
      is_approved: false,
      is_earned,
      // Shadow mode shows what the switch would change.
      is_autonomy_on: true,
      use: { begun_last_hour: 0, under_way: 0, targets_last_hour: 0 },
    });
  }
}
