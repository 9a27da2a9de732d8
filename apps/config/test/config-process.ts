import 'reflect-metadata';
import { startService } from '@alertagent/service-kit/testing';
import { configService } from '../src/config-service';
import { TEST_CONFIG } from './stand';

/** A config service in a process of its own: `config-process.ts <database url> <nats url>`. It sends its URL and runs until it is killed. */
async function main(): Promise<void> {
  const [databaseUrl = '', natsUrl = ''] = process.argv.slice(2);
  const service = await startService(configService, { databaseUrl, natsUrl, config: TEST_CONFIG });
  process.send?.(service.httpUrl);
}

void main();
