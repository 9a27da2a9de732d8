import { EntitySchema } from 'typeorm';

/** A queue of analyses. Each workflow has its own, so that a slow one holds up nobody else. */
export interface Lane {
  /** The workflow, or `BUILT_IN_LANE`. */
  lane: string;
  /** Counted up by whoever starts workflows of it: the write is the lock that lets them do so one after the other. */
  claims: number;
}

/** The lane of what the built-in workflow took over. */
export const BUILT_IN_LANE = '';

export const laneEntity = new EntitySchema<Lane>({
  name: 'analysis_lanes',
  columns: { lane: { type: 'varchar', length: 200, primary: true }, claims: { type: 'int' } },
});
