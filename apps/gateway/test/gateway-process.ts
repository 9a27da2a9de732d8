import 'reflect-metadata';
import { startService } from '@alertagent/service-kit/testing';
import { gatewayService } from '../src/service';
import { ADMIN_TOKEN } from './alert-stand';

/** A gateway in a process of its own: `gateway-process.ts <database url> <nats url>`. It sends its URL and runs until it is killed. */
async function main(): Promise<void> {
  const [databaseUrl = '', natsUrl = ''] = process.argv.slice(2);
  const service = await startService(gatewayService, {
    databaseUrl,
    natsUrl,
    config: { security: { admin_token: ADMIN_TOKEN } },
  });
  process.send?.(service.httpUrl);
}

void main();
