import { lstat, readFile, rename, writeFile } from 'node:fs/promises';

/** The file descriptor under which a launch script hands a program its data folder. */
export const DATA_FOLDER_FD = 9;

/** A path of exactly the given length that leads to the descriptor: repeated slashes count as one. */
function descriptorPath(length: number): string {
  const path = '/proc/self/fd/';
  return `${path}${String(DATA_FOLDER_FD).padStart(length - path.length, '/')}`;
}

/**
 * Makes a program look for a data folder, whose absolute path is compiled into it, behind a file descriptor instead,
 * so that it runs from a private folder as any user. The new path has the same length; nothing else changes.
 * A program that does not contain the path is left as it is.
 */
export async function relocateDataFolder(program: string, dataFolder: string): Promise<void> {
  const bytes = await readFile(program);
  const replacement = Buffer.from(descriptorPath(dataFolder.length));
  let found = false;
  for (let at = bytes.indexOf(dataFolder); at !== -1; at = bytes.indexOf(dataFolder, at + 1)) {
    replacement.copy(bytes, at);
    found = true;
  }
  if (!found) return;
  const draft = `${program}.draft`;
  await writeFile(draft, bytes, { mode: (await lstat(program)).mode });
  await rename(draft, program);
}
