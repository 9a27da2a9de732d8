import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Folder of third-party test data: `ALERTAGENT_CORPORA`, else beside the project. */
export const corporaDirectory = (): string =>
  process.env['ALERTAGENT_CORPORA'] ?? resolve(__dirname, '../../../../shared/corpora');

/** Whether the collection is at hand. */
export const hasCorpora = (): boolean => existsSync(join(corporaDirectory(), 'hostile/index.jsonl'));

/** The rows of a file of JSON lines; none where it is absent. */
export function corpusLines<T>(file: string): T[] {
  const path = join(corporaDirectory(), file);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** The files of a folder; compressed ones also as what they unpack to. */
export function corpusFiles(folder: string): { name: string; content: Buffer }[] {
  const path = join(corporaDirectory(), folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).flatMap((name) => {
    const content = readFileSync(join(path, name));
    return name.endsWith('.gz')
      ? [
          { name, content },
          { name: name.slice(0, -3), content: gunzipSync(content) },
        ]
      : [{ name, content }];
  });
}
