import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** The check tool rejected the file; the message is its complaint, shortened. */
export class CheckRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CheckRefused';
  }
}

/** Finds an executable on PATH, null when it is not there. */
export function findOnPath(tool: string, path: string | undefined): string | null {
  for (const directory of (path ?? '').split(delimiter)) {
    if (directory !== '' && isExecutable(join(directory, tool))) return join(directory, tool);
  }
  return null;
}

/** Runs the check tool on a file. Throws CheckRefused when it rejects it; a tool that cannot run judges nothing. */
export function checkConfig(tool: string, args: readonly string[], path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(tool, [...args, path], { timeout: 30_000, maxBuffer: 4 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null || typeof error.code !== 'number') return resolve();
      const said = `${stderr.trim()} ${stdout.trim()}`.replaceAll(path, 'the file').replace(/\s+/g, ' ').trim();
      reject(new CheckRefused(`${basename(tool)} rejects the file: ${said.slice(0, 400)}`));
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
