import { execFile } from 'node:child_process';
import { join, sep } from 'node:path';
import type { RuleImportFormat } from '@alertagent/contracts';
import { ArchiveFault } from './archive';
import type { ImportGroup } from './import-groups';

/** What was sent, to be read. */
export interface ReadTask {
  format: RuleImportFormat;
  namespace: string | null;
  /** JSON of files, an archive, or the answer of a Prometheus. */
  bytes: Buffer;
}

export type ReadAnswer = { groups: ImportGroup[] } | { fault: string };

const TIMEOUT_MS = 60_000;
const HEAP_MIB = 768;
const ANSWER_BYTES = 256 * 1024 * 1024;

/** From the sources too, where tests run, the compiled program is started. */
const CHILD = join(__dirname, 'read-child.js').replace(`${sep}src${sep}imports`, `${sep}dist${sep}imports`);

/**
 * Reads in a process of its own, with limits to its time and memory: a text that takes for ever or an archive that
 * unpacks to gigabytes ends that process only. Throws an ArchiveFault when what was sent can not be read.
 */
export function readApart({ bytes, ...task }: ReadTask): Promise<ImportGroup[]> {
  const args = [`--max-old-space-size=${HEAP_MIB}`, CHILD, JSON.stringify(task)];
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      args,
      // It needs nothing of what this process knows.
      { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: ANSWER_BYTES, env: {} },
      (error, stdout) => {
        if (error) {
          reject(new ArchiveFault('it takes too much time or memory to read; split it', { cause: error }));
          return;
        }
        const answer = JSON.parse(stdout) as ReadAnswer;
        if ('fault' in answer) reject(new ArchiveFault(answer.fault));
        else resolve(answer.groups);
      },
    );
    // A child that died before it read everything is told by its exit, not by the broken pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(bytes);
  });
}
