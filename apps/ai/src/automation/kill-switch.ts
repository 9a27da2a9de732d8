import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A switch that stops one action, or, with an empty type, all of them. */
export interface KillSwitch {
  actionType: string;
  engaged: boolean;
  /** Counted up by whoever begins or stops something: the write is the lock that lets them do so one after the other. */
  claims: number;
  reason: string | null;
  changedBy: string | null;
  changedAt: Date | null;
}

/** The type of the switch that stops everything. */
export const EVERYTHING = '';

export const killSwitchEntity = new EntitySchema<KillSwitch>({
  name: 'action_switches',
  columns: {
    actionType: { name: 'action_type', type: 'varchar', length: 100, primary: true },
    engaged: { type: 'boolean' },
    claims: { type: 'int' },
    reason: { type: 'longtext', nullable: true },
    changedBy: { name: 'changed_by', type: 'varchar', length: 200, nullable: true },
    changedAt: { name: 'changed_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
});
