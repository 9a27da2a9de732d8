import { GuardedProcess } from '@alertagent/local-stack';
import type { Service, Stand } from './stand';

/** Runs a command of a service, e.g. `migrate`, to its end. Errors: it failed; the message has its last lines. */
export async function runService(stand: Stand, service: Service, args: readonly string[]): Promise<void> {
  const command = stand.commandOf(service);
  const process = new GuardedProcess({ ...command, args: [...command.args, ...args] });
  const code = await process.exited;
  if (code !== 0)
    throw new Error(`${service} ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${process.log().slice(-2_000)}`);
}
