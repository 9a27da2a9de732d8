import type { KillSwitches, KillSwitchView, SetKillSwitch } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ActionTransitions } from './action-transitions';
import { ActionsStore } from './actions.store';
import { EVERYTHING, type KillSwitch } from './kill-switch';
import { KillSwitchesStore } from './kill-switches.store';

/** Stops everything, or one action: at once what has not begun, and what would begin until it is released. */
@Injectable()
export class KillSwitchesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly switches: KillSwitchesStore,
    private readonly actions: ActionsStore,
    private readonly transitions: ActionTransitions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async get(): Promise<KillSwitches> {
    return killSwitchesView(await this.switches.all(this.dataSource.manager));
  }

  /** Releasing it brings nothing back: what was stopped must be asked for again. */
  async set({ engaged, action_type, reason, actor }: SetKillSwitch): Promise<KillSwitches> {
    const actionType = action_type ? action_type : EVERYTHING;
    return inTransaction(this.dataSource, async (tx) => {
      await this.switches.lock(tx);
      const before = (await this.switches.all(tx)).find((each) => each.actionType === actionType);
      const changed = {
        actionType,
        engaged,
        reason: reason ?? null,
        changedBy: actor.name,
        changedAt: this.clock.now(),
      };
      await this.switches.set(tx, changed);
      await this.audit.record(tx, {
        actor,
        action: engaged ? 'kill_switch.engaged' : 'kill_switch.released',
        resource_type: 'kill_switch',
        resource_id: actionType === EVERYTHING ? 'everything' : actionType,
        before: before ? switchView(before) : null,
        after: switchView({ ...changed, claims: 0 }),
      });
      if (engaged) {
        for (const action of await this.actions.waiting(tx, actionType === EVERYTHING ? null : actionType))
          await this.transitions.go(tx, action, { to: 'cancelled', by: actor, reason: 'stopped by the kill switch' });
      }
      return killSwitchesView(await this.switches.all(tx));
    });
  }
}

function killSwitchesView(all: readonly KillSwitch[]): KillSwitches {
  return {
    engaged: all.some(({ actionType, engaged }) => actionType === EVERYTHING && engaged),
    switches: all.map(switchView),
  };
}

function switchView({ actionType, engaged, reason, changedBy, changedAt }: KillSwitch): KillSwitchView {
  return {
    action_type: actionType,
    engaged,
    reason,
    changed_by: changedBy,
    changed_at: changedAt?.toISOString() ?? null,
  };
}
