import { createHash } from 'node:crypto';
import { readFileSync, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

/** How often the file is looked at besides the kernel's notices, in milliseconds. */
const POLL_MS = 5;

/** One content that was seen, for the first time. `hash` is null when there was no file although there had been one. */
export interface SeenContent {
  hash: string | null;
  bytes: number;
  /** Epoch milliseconds. */
  at: number;
}

/** What the thread answers when it is asked how far it is. */
export interface WatchCount {
  looks: number;
}

const path = String((workerData as { path: unknown }).path);
const seen = new Set<string | null>();
let [lastStamp, looks, existed] = ['', 0, false];

function look(): void {
  looks += 1;
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    const stamp = `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    if (stamp === lastStamp) return;
    const bytes = readFileSync(path);
    lastStamp = stamp;
    existed = true;
    note(createHash('sha256').update(bytes).digest('hex'), bytes.length);
  } catch {
    lastStamp = '';
    if (existed) note(null, 0);
  }
}

function note(hash: string | null, bytes: number): void {
  if (seen.has(hash)) return;
  seen.add(hash);
  const content: SeenContent = { hash, bytes, at: Date.now() };
  parentPort?.postMessage(content);
}

watch(dirname(path), (_event, name) => {
  if (name === null || name === basename(path)) look();
}).on('error', () => undefined);
setInterval(look, POLL_MS);
parentPort?.on('message', () => {
  look();
  const count: WatchCount = { looks };
  parentPort?.postMessage(count);
});
look();
