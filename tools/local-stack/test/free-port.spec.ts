import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort, releasePort } from '../src/free-port';
import { runCommand } from '../src/processes/run-command';

const built = join(__dirname, '..', 'dist', 'index.js');

describe('freePort', () => {
  it('gives a port that can be listened on', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
    releasePort(port);
  });

  it('never gives two processes that run side by side the same port', async () => {
    // We keep ours while the other picks. Without reservations some of the 400 + 400 picks out of 12,000 would
    // meet in all but one run of half a million.
    const script = `const { freePort } = require(${JSON.stringify(built)});
      (async () => { const ports = []; for (let i = 0; i < 400; i += 1) ports.push(await freePort()); console.log(ports.join(' ')); process.exit(0); })();`;
    const mine: number[] = [];
    for (let index = 0; index < 400; index += 1) mine.push(await freePort());
    const theirs = (await runCommand(process.execPath, ['-e', script])).trim().split(' ').map(Number);
    expect(theirs).toHaveLength(400);
    expect(new Set([...mine, ...theirs]).size).toBe(800);
    mine.forEach(releasePort);
  });
});
