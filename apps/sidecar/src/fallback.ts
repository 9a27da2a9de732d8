import type { ConfigFile } from './config-file';
import { readConfigApart } from './parse-apart';
import type { ConfigType } from './settings';
import type { Target } from './target';
import { sha256, type Revision } from './verify-revision';

/** Content to go back to, and what it is called in a report. */
export interface Fallback {
  bytes: Buffer;
  revision: Revision;
  words: string;
}

/** What takes the place of a rejected file: the last good one if it still can be read, else the smallest valid one. */
export async function fallbackOf(file: ConfigFile, type: ConfigType, target: Target): Promise<Fallback> {
  const good = await file.lastGood();
  if (good === null) return minimalFile(target);
  const isUsable = await readConfigApart({ body: good.bytes, type }).then(
    () => true,
    () => false,
  );
  if (!isUsable) return minimalFile(target);
  const { revision } = good.revision;
  return { ...good, words: revision ? `the last good file (revision ${revision})` : 'the file from before' };
}

/** The smallest file that the target starts with. */
export function minimalFile(target: Target): Fallback {
  const bytes = target.minimalConfig;
  return { bytes, revision: { revision: 0, hash: sha256(bytes), etag: null }, words: 'a minimal file' };
}
