import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { StoredMember } from './stored-member';

export const memberHealthEntity = new EntitySchema<StoredMember>({
  name: 'cluster_members',
  columns: {
    clusterId: { name: 'cluster_id', type: 'varchar', length: 36, primary: true },
    type: { type: 'varchar', length: 30, primary: true },
    name: { type: 'varchar', length: 200, primary: true },
    status: { type: 'varchar', length: 20 },
    reason: { type: 'longtext', nullable: true },
    kind: { type: 'varchar', length: 20, nullable: true },
    version: { type: 'varchar', length: 100, nullable: true },
    responseMs: { name: 'response_ms', type: 'double', nullable: true },
    clockAheadMs: { name: 'clock_ahead_ms', type: 'double', nullable: true },
    changedAt: { name: 'changed_at', type: 'bigint', nullable: true, transformer: epochMs },
    bareAt: { name: 'bare_at', type: 'bigint', nullable: true, transformer: epochMs },
    lastSeen: { name: 'last_seen', type: 'bigint', transformer: epochMs },
    lastCheck: { name: 'last_check', type: 'bigint', nullable: true, transformer: epochMs },
    goodStreak: { name: 'good_streak', type: 'int' },
    badStreak: { name: 'bad_streak', type: 'int' },
  },
});
