import type { RuleSource } from '@alertagent/alerting';
import { ArchiveFault, readArchive } from './archive';
import { readImportGroups } from './import-groups';
import type { ReadAnswer, ReadTask } from './read-apart';

// Started by read-apart.ts: the task without its bytes comes as the argument, the bytes on standard input.
const chunks: Buffer[] = [];
process.stdin.on('data', (chunk: Buffer) => chunks.push(chunk));
process.stdin.on('end', () => {
  const task = { ...JSON.parse(process.argv[2] ?? '{}'), bytes: Buffer.concat(chunks) } as ReadTask;
  void answer(task).then((found) => process.stdout.write(JSON.stringify(found)));
});

async function answer(task: ReadTask): Promise<ReadAnswer> {
  try {
    return { groups: readImportGroups(await sourcesOf(task), task.namespace) };
  } catch (error) {
    if (error instanceof ArchiveFault) return { fault: error.message };
    throw error;
  }
}

async function sourcesOf({ format, bytes }: ReadTask): Promise<RuleSource[]> {
  if (format === 'tar') return readArchive(bytes);
  if (format === 'live') return [{ path: null, text: bytes.toString('utf8') }];
  return JSON.parse(bytes.toString('utf8')) as RuleSource[];
}
