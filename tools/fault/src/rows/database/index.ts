import type { FaultRow } from '../../row';
import { databaseCrowded } from './crowded';
import { databaseDeadlocks } from './deadlocks';
import { databaseFrozen } from './frozen';
import { databaseFull } from './full';
import { databaseHistory } from './history';
import { databaseKilled } from './killed';
import { databaseConnectionsKilled } from './killed-connections';
import { databaseLostCommit } from './lost-commit';
import { databaseMigration } from './migration';
import { databasePowerCut } from './power-cut';
import { databaseReadOnly } from './read-only';
import { databaseSlow } from './slow';
import { databaseUnsafe } from './unsafe-settings';

/** Faults of MariaDB. */
export const DATABASE_ROWS: readonly FaultRow[] = [
  databaseKilled,
  databasePowerCut,
  databaseFrozen,
  databaseLostCommit,
  databaseSlow,
  databaseFull,
  databaseDeadlocks,
  databaseCrowded,
  databaseReadOnly,
  databaseConnectionsKilled,
  databaseMigration,
  databaseUnsafe,
  databaseHistory,
];
