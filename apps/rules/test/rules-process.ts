import 'reflect-metadata';
import { startService } from '@alertagent/service-kit/testing';
import { BatchOperations } from '../src/rule-batches/batch-operations';
import { rulesService } from '../src/rules-service';

/**
 * A rules service in a process of its own: `rules-process.ts <database url> <nats url> [<rules>]`. It runs until it is killed; with a
 * third argument it kills itself when a batch comes to that many rules.
 */
async function main(): Promise<void> {
  const [databaseUrl = '', natsUrl = '', rules = '0'] = process.argv.slice(2);
  const service = await startService(rulesService, { databaseUrl, natsUrl });
  if (Number(rules) > 0) dieAt(service.get(BatchOperations), Number(rules));
  process.send?.('started');
}

function dieAt(operations: BatchOperations, rules: number): void {
  const decide = operations.decide.bind(operations);
  let decided = 0;
  operations.decide = async (...asked) => {
    decided += asked[2].length;
    if (decided >= rules) process.kill(process.pid, 'SIGKILL');
    return decide(...asked);
  };
}

void main();
