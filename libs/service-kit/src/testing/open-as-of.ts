import type { DataSource } from 'typeorm';
import { AlertAgentConfig } from '../configuration/alertagent-config';
import { openDatabase } from '../database/open-database';
import { databaseOf, databaseUrlOf } from '../service/create-service';
import type { ServiceDefinition } from '../service/service-definition';

/**
 * A service's database as an older version of it left it: only the migrations up to the one of this name are done. For raw SQL alone, since
 * today's entities do not fit it. Without a URL it is the SQLite file in `dataDir`.
 */
export function openAsOf(
  definition: ServiceDefinition,
  lastMigration: string,
  { databaseUrl, dataDir }: { databaseUrl?: string; dataDir: string },
): Promise<DataSource> {
  const config = new AlertAgentConfig();
  config.data_dir = dataDir;
  if (databaseUrl) config.database.url = databaseUrl;
  const names = definition.migrations.map(({ name }) => name);
  if (!names.includes(lastMigration)) throw new Error(`there is no migration ${lastMigration}`);
  const timeOf = (name: string): string => name.slice(-13);
  const migrations = definition.migrations.filter(({ name }) => timeOf(name) <= timeOf(lastMigration));
  return openDatabase({
    ...databaseOf({ ...definition, migrations }),
    entities: [],
    url: databaseUrlOf(definition, config),
    runMigrations: true,
  });
}
