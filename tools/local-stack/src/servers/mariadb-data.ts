import { existsSync } from 'node:fs';
import { cp, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { withDirectoryLock } from '../binaries/directory-lock';
import { ensureBinaries } from '../binaries/ensure-binaries';
import { installDirectory } from '../binaries/install-directory';
import { runCommand } from '../processes/run-command';

/** Where MariaDB's program and its message and SQL files lie. */
export interface MariadbInstallation {
  /** Path of mariadbd. */
  file: string;
  /** Path of mariadb-install-db. */
  installer: string;
  /** The folder above `bin`, `sbin` and `share`. */
  baseDir: string;
}

/** Small files: a fresh data directory is copied for every test file. The same values must serve start and initialisation. */
export const innodbFileArgs = ['--innodb-log-file-size=16M', '--innodb-undo-tablespaces=0'] as const;

/** mariadbd refuses to run as root unless told to. */
export function userArgs(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Finds or installs MariaDB. */
export async function mariadbInstallation(): Promise<MariadbInstallation> {
  const { mariadbd: file, 'mariadb-install-db': installer } = await ensureBinaries(['mariadbd', 'mariadb-install-db']);
  const directory = installDirectory();
  const isPrivate = dirname(file) === join(directory, 'bin');
  return {
    file,
    installer,
    baseDir: isPrivate ? join(directory, 'root', 'usr') : dirname(dirname(await realpath(file))),
  };
}

async function initialise(installation: MariadbInstallation, dataDir: string): Promise<void> {
  const { installer, baseDir } = installation;
  await runCommand(installer, [
    '--no-defaults',
    `--basedir=${baseDir}`,
    `--datadir=${dataDir}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    // A machine whose own name can't be looked up (a bare container) is no reason to stop.
    '--force',
    '--skip-name-resolve',
    ...userArgs(),
    ...innodbFileArgs,
  ]);
}

/** Initialising takes seconds, copying tens of milliseconds: one initialised directory per MariaDB version and user is kept. */
async function template(installation: MariadbInstallation): Promise<string> {
  const version = await runCommand(installation.file, ['--no-defaults', '--version']);
  const key = createHash('sha256')
    .update(`${version}|${installation.baseDir}|${innodbFileArgs.join(' ')}|${process.getuid?.()}`)
    .digest('hex')
    .slice(0, 12);
  const folder = join(installDirectory(), `mariadb-template-${key}`);
  if (existsSync(folder)) return folder;
  return withDirectoryLock(installDirectory(), 'mariadb-template', async () => {
    if (existsSync(folder)) return folder;
    const draft = `${folder}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await initialise(installation, draft);
    await rename(draft, folder);
    return folder;
  });
}

/** Fills an empty folder with an initialised MariaDB; a folder that holds one already is left as it is. */
export async function prepareMariadbData(installation: MariadbInstallation, dataDir: string): Promise<void> {
  if (existsSync(join(dataDir, 'mysql'))) return;
  await cp(await template(installation), dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE });
}
