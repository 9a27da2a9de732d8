import { createServer } from 'node:net';
import { freePort } from '@alertagent/local-stack';

/** The wanted port on loopback if nobody has it, else a free one. */
export async function portOrFree(wanted: number): Promise<number> {
  return (await isFree(wanted)) ? wanted : freePort();
}

/** Whether a port on loopback can be listened on. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
