import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runCommand } from '../processes/run-command';
import { binaryCatalogue, type BinaryName } from './binary-catalogue';
import { isExecutable } from './find-binary';
import { DATA_FOLDER_FD, relocateDataFolder } from './relocate-data-folder';

/** Folders below the private root that hold shared libraries, relative to it. */
async function libraryFolders(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const base of ['lib', 'usr/lib']) {
    if (!existsSync(join(root, base))) continue;
    for (const entry of await readdir(join(root, base), { withFileTypes: true })) {
      if (!entry.isDirectory() || !entry.name.includes('-linux-gnu')) continue;
      const folder = join(root, base, entry.name);
      found.push(folder);
      // Some libraries keep private ones of theirs one level down.
      for (const inner of await readdir(folder, { withFileTypes: true })) {
        if (!inner.isDirectory()) continue;
        const files = await readdir(join(folder, inner.name));
        if (files.some((file) => /^lib.*\.so/.test(file))) found.push(join(folder, inner.name));
      }
    }
  }
  return found.map((folder) => relative(root, folder));
}

function extractedProgram(name: BinaryName, root: string): string {
  const { files, extractedFile } = binaryCatalogue[name];
  const candidates = extractedFile ? [extractedFile] : files.flatMap((file) => [`usr/sbin/${file}`, `usr/bin/${file}`]);
  const program = candidates.find((candidate) => isExecutable(join(root, candidate)));
  if (program === undefined)
    throw new Error(`The downloaded packages hold no ${name} (looked for ${candidates.join(', ')}).`);
  return program;
}

/**
 * Writes `<directory>/bin/<name>`, a script that runs the program unpacked under `<directory>/root` with the
 * libraries unpacked beside it. The script takes its place only after the program has shown its version, so its
 * existence means that the program works. Errors: the program is not there or does not run.
 */
export async function writeLaunchScript(name: BinaryName, directory: string): Promise<string> {
  const root = join(directory, 'root');
  const bin = join(directory, 'bin');
  const program = extractedProgram(name, root);
  const { dataFolder, versionArgs } = binaryCatalogue[name];
  if (dataFolder) await relocateDataFolder(join(root, program), dataFolder);
  const libraries = (await libraryFolders(root)).map((folder) => `$root/${folder}`).join(':');
  // Paths are relative to the script, so that the folder can be moved or mounted elsewhere.
  const script = [
    '#!/bin/sh',
    'root="${0%/*}/../root"',
    ...(dataFolder ? [`exec ${DATA_FOLDER_FD}<"$root${dataFolder}"`] : []),
    ...(libraries ? [`export LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`] : []),
    `exec "$root/${program}" "$@"`,
    '',
  ].join('\n');
  await mkdir(bin, { recursive: true });
  const draft = join(bin, `.${name}.draft`);
  await writeFile(draft, script, { mode: 0o755 });
  try {
    if (versionArgs.length > 0) await runCommand(draft, versionArgs);
    await rename(draft, join(bin, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return join(bin, name);
}
