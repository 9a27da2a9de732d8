import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The nearest folder above this package that holds a lock file: the project root. */
function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package-lock.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Programs built for one release do not run on another, and a home directory may be shared by machines. */
function platformTag(): string {
  let system: string = process.platform;
  try {
    const release = readFileSync('/etc/os-release', 'utf8');
    const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(release)?.[1] ?? '';
    system = `${field('ID')}-${field('VERSION_ID')}`;
  } catch {
    // No os-release (macOS): the platform name has to do.
  }
  return `${system}-${process.arch}`.replace(/[^a-zA-Z0-9.-]/g, '_');
}

/**
 * The private folder for installed programs and for prepared data (an initialised MariaDB), created if needed:
 * `ALERTAGENT_BIN_CACHE`, else the user's cache folder (it survives `npm ci`, and checkouts share it),
 * else `node_modules/.cache` of the project.
 */
export function installDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['ALERTAGENT_BIN_CACHE'];
  if (chosen) {
    const folder = join(chosen, platformTag());
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  const candidates = [
    env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'),
    join(projectRoot(), 'node_modules', '.cache'),
  ];
  for (const candidate of candidates) {
    const folder = join(candidate, 'alertagent', platformTag());
    if (isWritable(folder)) return folder;
  }
  throw new Error(
    `No folder for installed programs is writable (tried ${candidates.join(', ')}): set ALERTAGENT_BIN_CACHE to one that is.`,
  );
}
