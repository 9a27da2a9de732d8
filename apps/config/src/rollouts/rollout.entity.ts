import type { Actor, ConfigType, RolloutGates, RolloutKind, RolloutState, RolloutWave } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Which clusters come when, and how they are watched. */
export interface RolloutPlan {
  waves: RolloutWave[];
  soakSeconds: number;
  deadlineSeconds: number;
}

/** A change on its way through waves, or a way back. */
@Entity({ name: 'rollouts' })
@Index('IX_rollouts_settled', ['settledAt', 'id'])
export class Rollout {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 200 })
  name!: string;

  @Column({ type: 'varchar', length: 20 })
  kind!: RolloutKind;

  @Column({ type: 'varchar', length: 30 })
  type!: ConfigType;

  @Column({ type: 'varchar', length: 20 })
  state!: RolloutState;

  @Column({ type: 'varchar', length: 2000, nullable: true })
  reason!: string | null;

  @Column({ type: 'longtext', transformer: json<RolloutPlan>() })
  plan!: RolloutPlan;

  @Column({ type: 'longtext', transformer: json<RolloutGates>() })
  gates!: RolloutGates;

  /** The wave under way, from 1; 0 before the first. */
  @Column({ type: 'int' })
  wave!: number;

  @Column({ name: 'created_by', type: 'longtext', transformer: json<Actor>() })
  createdBy!: Actor;

  @Column({ name: 'created_at', type: 'bigint', transformer: epochMs })
  createdAt!: Date;

  @Column({ name: 'started_at', type: 'bigint', nullable: true, transformer: epochMs })
  startedAt!: Date | null;

  @Column({ name: 'ended_at', type: 'bigint', nullable: true, transformer: epochMs })
  endedAt!: Date | null;

  /** Deadlines count from here, at the earliest: the last time it was resumed. */
  @Column({ name: 'watched_from', type: 'bigint', nullable: true, transformer: epochMs })
  watchedFrom!: Date | null;

  /** When it needed no more looks: it has ended, and what had to go back is back. */
  @Column({ name: 'settled_at', type: 'bigint', nullable: true, transformer: epochMs })
  settledAt!: Date | null;

  /** Grows by one with each step, which is taken only from the version it was judged by. */
  @Column({ type: 'int' })
  version!: number;
}
