import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const corpora = process.env['ALERTAGENT_CORPORA'] ?? resolve(__dirname, '../../../../shared/corpora');

/** The lines of a file of third-party test data; `ownLines` where the collection is not at hand. */
export function corpusLines(file: string, ownLines: readonly string[]): readonly string[] {
  const path = join(corpora, file);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : ownLines;
}

/** Names and contents of the files in a folder of third-party test data; `ownFiles` where the collection is not at hand. */
export function corpusFiles(
  folder: string,
  ownFiles: Readonly<Record<string, string>>,
): readonly [name: string, content: Buffer][] {
  const path = join(corpora, folder);
  if (!existsSync(path)) return Object.entries(ownFiles).map(([name, text]) => [name, Buffer.from(text)]);
  return readdirSync(path).map((name) => [name, readFileSync(join(path, name))]);
}
