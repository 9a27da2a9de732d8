import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** The one row that says who sweeps, and how the last sweep went. */
export interface StoredSweep {
  /** Always 1. */
  id: number;
  /** Until when somebody sweeps who has not said that he is done. */
  leaseUntil: Date;
  sweptAt: Date | null;
  /** Why the gateway could not tell what it knows; empty when it did. */
  gatewayReason: string;
}

export const ruleSweepEntity = new EntitySchema<StoredSweep>({
  name: 'rule_sweeps',
  columns: {
    id: { type: 'int', primary: true },
    leaseUntil: { name: 'lease_until', type: 'bigint', transformer: epochMs },
    sweptAt: { name: 'swept_at', type: 'bigint', nullable: true, transformer: epochMs },
    gatewayReason: { name: 'gateway_reason', type: 'varchar', length: 1000 },
  },
});
