import { mkdir, open, rename } from 'node:fs/promises';
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
 * Written again after a crash, the file is replaced by one that holds the same.
 */
export async function writeArchive(directory: string, name: string, rows: readonly ArchivedRow[]): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${name}.ndjson.gz`);
  const temporary = `${path}.tmp`;
  const bytes = await compress(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return path;
}
