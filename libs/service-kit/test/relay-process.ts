import { openDatabase } from '../src/database/open-database';
import { OutboxRelay } from '../src/outbox/outbox-relay';
import { JetStreamTestPublisher } from './jetstream-test-publisher';
import { notesService } from './notes';

/** A relay in a process of its own: `relay-process.ts <database url> <nats url>`. It runs until it is killed. */
async function main(): Promise<void> {
  const [databaseUrl = '', natsUrl = ''] = process.argv.slice(2);
  const dataSource = await openDatabase({ ...notesService, url: databaseUrl, runMigrations: false });
  const publisher = new JetStreamTestPublisher(natsUrl);
  new OutboxRelay({ dataSource, service: 'rules', publisher, batchSize: 10, pollMs: 20, leaseMs: 500 }).start();
}

void main();
