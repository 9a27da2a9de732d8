import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** One row on its way into the archive. */
export interface ArchivedRow {
  table: string;
  row: unknown;
}

/**
 * Writes rows to `<directory>/<name>.ndjson.gz`, one JSON object a line, and returns when they are on the disk: what is archived may be deleted.
 * Written again after a crash, the file is replaced by one that holds the same; so a name must stand for exactly these rows.
 * Errors: those of the disk; nothing is left behind then.
 */
export async function writeArchive(directory: string, name: string, rows: readonly ArchivedRow[]): Promise<string> {
  const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (firstMade !== undefined) await syncFolder(dirname(firstMade));
  const path = join(directory, `${name}.ndjson.gz`);
  // Two gateways may have the same folder and the same rows in hand.
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const bytes = await compress(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  try {
    await writeSynced(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(directory);
  return path;
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name that was made or changed in a folder is on the disk only after this. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
