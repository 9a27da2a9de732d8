import { readFile } from 'node:fs/promises';
import { writeAtomically } from './atomic-file';
import { errorCode } from './error-code';
import type { Failpoint } from './failpoint';
import type { Place } from './place';

/** A file that the target reads itself, beside the sidecar or in a directory that both have mounted. */
export class FilePlace implements Place {
  constructor(
    private readonly path: string,
    private readonly failpoint: Failpoint,
  ) {}

  read(): Promise<Buffer | null> {
    return readOrNull(this.path);
  }

  /** Everybody may read it: readers of a shared directory need not be the user that writes. */
  async put(bytes: Buffer, check?: (temporaryPath: string) => Promise<void>): Promise<void> {
    await writeAtomically({ path: this.path, bytes, mode: 0o644, beforeRename: check, failpoint: this.failpoint });
  }
}

/** The bytes of a file, null when there is none. */
export async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
