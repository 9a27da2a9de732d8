import 'reflect-metadata';
import { startService } from '@alertagent/service-kit/testing';
import { Pipeline } from '../src/pipeline/pipeline';
import { gatewayService } from '../src/service';
import { ADMIN_TOKEN } from './alert-stand';
if (process.env.NOPIPE) Pipeline.prototype.processNext = async () => 0;
process.on('SIGINT', () => process.exit(0));
async function main(): Promise<void> {
  const [databaseUrl = '', natsUrl = ''] = process.argv.slice(2);
  const service = await startService(gatewayService, { databaseUrl, natsUrl, config: { security: { admin_token: ADMIN_TOKEN } } });
  process.send?.(service.httpUrl);
}
void main();
