import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { binaryCatalogue, type BinaryName } from './binary-catalogue';
import { installDirectory } from './install-directory';

/** The environment variable that points to one program, e.g. `ALERTAGENT_NATS_SERVER_BIN`. */
export function binaryVariable(name: BinaryName): string {
  return `ALERTAGENT_${name.toUpperCase().replaceAll('-', '_')}_BIN`;
}

/** Whether the path is a file this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The path of a program, or null when this machine has none. Order: its own variable, `ALERTAGENT_BIN_DIR`,
 * PATH, the system folders that an ordinary user's PATH often lacks, what `ensureBinaries` installed earlier.
 * A variable that names a file which cannot be run is an error: falling back would hide the mistake.
 */
export function findBinary(name: BinaryName, env: NodeJS.ProcessEnv = process.env): string | null {
  const variable = binaryVariable(name);
  const explicit = env[variable];
  if (explicit) {
    if (isExecutable(explicit)) return explicit;
    throw new Error(`${variable} points to ${explicit}, which is not a program that can be run.`);
  }
  const folders = [
    env['ALERTAGENT_BIN_DIR'],
    ...(env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/local/bin',
    '/usr/sbin',
    '/usr/bin',
    join(installDirectory(env), 'bin'),
  ];
  for (const folder of folders) {
    if (!folder) continue;
    for (const file of binaryCatalogue[name].files) {
      const path = join(folder, file);
      if (isExecutable(path)) return path;
    }
  }
  return null;
}
