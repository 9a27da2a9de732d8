import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SeenContent, WatchCount } from './file-watch-thread';

/**
 * Sees every content that a file has, in a thread of its own: at each notice of the kernel and every 5 ms besides. A content
 * that is none of those allowed, or no file at all after there was one, is a bad instant.
 */
export class FileWatch {
  readonly seen: SeenContent[] = [];
  private readonly thread: Worker;
  private waiting: ((count: WatchCount) => void) | null = null;

  constructor(path: string) {
    this.thread = new Worker(join(__dirname, 'file-watch-thread.js'), { workerData: { path } });
    this.thread.on('message', (message: SeenContent | WatchCount) => {
      if ('looks' in message) this.waiting?.(message);
      else this.seen.push(message);
    });
  }

  /** How often it has looked so far; everything seen before the answer is in `seen`. */
  async looks(): Promise<number> {
    const count = await new Promise<WatchCount>((resolve) => {
      this.waiting = resolve;
      this.thread.postMessage('count');
    });
    return count.looks;
  }

  /** The contents that no complete published file has. */
  bad(allowed: ReadonlySet<string>): SeenContent[] {
    return this.seen.filter(({ hash }) => hash === null || !allowed.has(hash));
  }

  async stop(): Promise<void> {
    await this.thread.terminate();
  }
}
