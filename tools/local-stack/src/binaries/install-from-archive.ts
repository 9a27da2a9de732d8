import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AptArchive } from './apt-archive';
import { binaryCatalogue, type BinaryName } from './binary-catalogue';
import { writeLaunchScript } from './launch-script';

async function download(names: readonly BinaryName[], archive: AptArchive, root: string): Promise<void> {
  const wanted = new Set<string>();
  for (const name of names) {
    for (const alternatives of binaryCatalogue[name].aptPackages) wanted.add(await archive.pick(alternatives));
  }
  for (const library of await archive.missingLibraries([...wanted])) wanted.add(library);
  await archive.unpack([...wanted], root);
}

const installedIn = (directory: string): BinaryName[] =>
  (Object.keys(binaryCatalogue) as BinaryName[]).filter((name) => existsSync(join(directory, 'bin', name)));

/**
 * Unpacks the distribution's packages of these programs below `directory` and writes a launch script for each into
 * `<directory>/bin`. `env` decides which apt is used. Errors: no network, a package that does not exist, a program that does not run.
 */
export async function installFromArchive(
  names: readonly BinaryName[],
  directory: string,
  log: (line: string) => void = () => undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const scratch = join(directory, 'scratch');
  const archive = new AptArchive(scratch, env);
  const root = join(directory, 'root');
  log(
    `${names.join(', ')} not found on this machine: unpacking the distribution's packages into ${directory} (nothing is installed into the system).`,
  );
  try {
    try {
      await download(names, archive, root);
    } catch (error) {
      log(
        `The system's package lists do not serve (${String(error).split('\n')[0]}): fetching fresh ones into the same folder.`,
      );
      await archive.refresh();
      await download(names, archive, root);
    }
    for (const name of names) log(`${name}: ${await writeLaunchScript(name, directory)}`);
    // A package holds several programs: what was made ready here before has been unpacked over.
    for (const name of installedIn(directory)) if (!names.includes(name)) await writeLaunchScript(name, directory);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
