import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

// Below the range from which systems take the local ports of outgoing connections (32768 and up on Linux,
// 49152 and up elsewhere), so that no client socket takes the port between our look and the server's bind.
const LOWEST = 20_000;
const HIGHEST = 32_000;

const reserved = new Set<number>();

function reservationFolder(): string {
  const folder = join(tmpdir(), `alertagent-ports-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ownerOf(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Test workers run side by side: a file per port says whose it is, for as long as its owner lives. */
function reserve(port: number): boolean {
  const file = join(reservationFolder(), String(port));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      if (reserved.size === 0) process.once('exit', releaseAll);
      reserved.add(port);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = ownerOf(file);
      // An empty file was created this very moment by somebody who has not written yet: theirs.
      if (owner === 0 || (owner !== null && isAlive(owner))) return false;
      rmSync(file, { force: true });
    }
  }
  return false;
}

function releaseAll(): void {
  for (const port of [...reserved]) releasePort(port);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Gives a port of `freePort` back before this process ends. */
export function releasePort(port: number): void {
  if (!reserved.delete(port)) return;
  rmSync(join(reservationFolder(), String(port)), { force: true });
}

/** A loopback TCP port that nothing listens on and that no other process using this function gets while this one lives. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!reserve(port)) continue;
    if (await isFree(port)) return port;
    releasePort(port);
  }
  throw new Error(`No free port found between ${LOWEST} and ${HIGHEST}.`);
}
