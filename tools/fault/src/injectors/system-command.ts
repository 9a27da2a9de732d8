import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a fault needs from this machine is not there; the message says what. */
export class MissingPrivilegeError extends Error {
  override readonly name = 'MissingPrivilegeError';
}

/** Refuses with a reason when this process is not root: mounts and control groups are the kernel's own business. */
export function demandRoot(what: string): void {
  if (process.getuid?.() === 0) return;
  throw new MissingPrivilegeError(
    `${what} needs root: run this row as root, or in a container that is allowed to mount.`,
  );
}

/** Runs a system tool to its end and returns what it wrote. Errors: with its own words. */
export async function systemCommand(file: string, ...args: string[]): Promise<string> {
  try {
    return (await run(file, args, { timeout: 120_000 })).stdout;
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim();
    throw new Error(`${file} ${args.join(' ')} failed: ${words || String(error)}`, { cause: error });
  }
}
