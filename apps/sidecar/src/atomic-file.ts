import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failpoint } from './failpoint';

/** How one file is replaced. */
export interface AtomicWrite {
  path: string;
  bytes: Buffer;
  /** Mode of a file that does not exist yet; an existing file keeps its own. */
  mode: number;
  /** Looks at the complete temporary file before it takes the place of the old one; throws to refuse it. */
  beforeRename?: (temporaryPath: string) => Promise<void>;
  failpoint?: Failpoint;
}

/** Start of the names of temporary files for `path`; they live beside it, and no `*.yml` pattern matches them. */
export function temporaryPrefix(path: string): string {
  return `.${basename(path)}.tmp-`;
}

/**
 * Replaces a file so that a crash or a power cut at any moment leaves the old or the new content, never a mixture:
 * without the fsync before the rename the new name can point to an empty file after a power cut, without the fsync
 * of the directory the rename itself can be lost. On any error the old file is untouched and the temporary one gone.
 */
export async function writeAtomically(write: AtomicWrite): Promise<void> {
  const { path, bytes, failpoint = () => undefined } = write;
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${process.pid}`);
  try {
    const mode = await modeOf(path, write.mode);
    const file = await open(temporary, 'w', mode);
    try {
      await file.chmod(mode);
      failpoint('open');
      await file.writeFile(bytes);
      failpoint('write');
      await file.sync();
      failpoint('fsync');
    } finally {
      await file.close();
    }
    await write.beforeRename?.(temporary);
    await rename(temporary, path);
    failpoint('rename');
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
  failpoint('dirsync');
}

async function modeOf(path: string, otherwise: number): Promise<number> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return otherwise;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
