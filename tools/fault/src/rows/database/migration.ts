import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { adminConnection, asAdmin, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';

const SCRATCH = 'scratch';

/** What a later version would do to the tables that this one works on, and back. */
const UP = [
  'ALTER TABLE alerts ADD COLUMN fault_row varchar(36) NULL, ADD COLUMN fault_count int NOT NULL DEFAULT 0',
  'CREATE INDEX IX_alerts_fault_row ON alerts (fault_row)',
  'ALTER TABLE incidents ADD COLUMN fault_row varchar(36) NULL',
  'ALTER TABLE alert_inbox ADD COLUMN fault_row varchar(36) NULL',
  'ALTER TABLE gateway_outbox ADD COLUMN fault_row varchar(36) NULL',
];
const DOWN = [
  'ALTER TABLE gateway_outbox DROP COLUMN fault_row',
  'ALTER TABLE alert_inbox DROP COLUMN fault_row',
  'ALTER TABLE incidents DROP COLUMN fault_row',
  'DROP INDEX IX_alerts_fault_row ON alerts',
  'ALTER TABLE alerts DROP COLUMN fault_row, DROP COLUMN fault_count',
];

/** The schema changes under a running gateway, forth and back. */
export const databaseMigration: FaultRow = {
  id: 'F26',
  title: 'database: schema migrated up and down under load; all migrations up, down and up again',
  bar: '0/0/0, no webhook refused; the schema after up-down-up is the schema after up',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { seconds = 10 } = context.options;
  const stand = await context.stand();
  const sender = senderTo(stand, context, 'migrated');
  const load = sender.sendByClock(40, seconds);
  await delay(1_500);
  await asAdmin(stand, ...UP);
  await delay(seconds * 400);
  await asAdmin(stand, ...DOWN);
  await load;
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const [migrations, differences] = await upDownUp(stand, context.options.root);
  return {
    figures: { ...figures, migrations, differences: differences.length },
    problems: [...problems, ...onlyAnswers(sender, ['202']), ...differences],
  };
}

interface MigratedSource {
  migrations: readonly unknown[];
  undoLastMigration(): Promise<void>;
  runMigrations(): Promise<unknown>;
  query(sql: string): Promise<unknown>;
  destroy(): Promise<void>;
}

/** Takes all migrations of the gateway back and makes them again in a database of their own. */
async function upDownUp(stand: Stand, root: string): Promise<[migrations: number, differences: string[]]> {
  await asAdmin(stand, `CREATE DATABASE ${SCRATCH} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  const url = new URL(stand.databaseUrl);
  url.pathname = `/${SCRATCH}`;
  const { openDatabase } = await built<{ openDatabase(options: object): Promise<MigratedSource> }>(
    join(root, 'libs/service-kit/dist/database/open-database.js'),
  );
  const { databaseOf } = await built<{ databaseOf(definition: unknown): object }>(
    join(root, 'libs/service-kit/dist/service/create-service.js'),
  );
  const { gatewayService } = await built<{ gatewayService: unknown }>(join(root, 'apps/gateway/dist/service.js'));
  const source = await openDatabase({ ...databaseOf(gatewayService), url: url.href, runMigrations: true });
  try {
    const before = await tables(stand);
    for (let undone = 0; undone < source.migrations.length; undone += 1) await source.undoLastMigration();
    const left = [...(await tables(stand)).keys()].filter((name) => !name.startsWith('migrations_'));
    await source.runMigrations();
    const after = await tables(stand);
    const names = new Set([...before.keys(), ...after.keys()]);
    return [
      source.migrations.length,
      [
        ...left.map((name) => `the table ${name} is left when all migrations are taken back`),
        ...[...names]
          .filter((name) => before.get(name) !== after.get(name))
          .map((name) => `the table ${name} differs after up-down-up`),
      ],
    ];
  } finally {
    await source.destroy();
  }
}

/** How each table of the scratch database would be created. */
async function tables(stand: Stand): Promise<Map<string, string>> {
  const connection = await adminConnection(stand);
  try {
    await connection.query(`USE ${SCRATCH}`);
    const [rows] = await connection.query('SHOW TABLES');
    const found = new Map<string, string>();
    for (const row of rows as Record<string, string>[]) {
      const [name = ''] = Object.values(row);
      const [[definition]] = (await connection.query(`SHOW CREATE TABLE \`${name}\``)) as unknown as [
        Record<string, string>[],
      ];
      found.set(name, (definition?.['Create Table'] ?? '').replace(/ AUTO_INCREMENT=\d+/, ''));
    }
    return found;
  } finally {
    connection.destroy();
  }
}

/** A module of the built product. */
async function built<T>(file: string): Promise<T> {
  const { default: exported } = (await import(pathToFileURL(file).href)) as { default: T };
  return exported;
}
