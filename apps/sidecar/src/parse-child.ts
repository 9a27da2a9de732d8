import { runParseTask, type ParseTask } from './parse-task';

// Started by parse-apart.ts: the task without its body comes as the argument, the body on standard input.
const chunks: Buffer[] = [];
process.stdin.on('data', (chunk: Buffer) => chunks.push(chunk));
process.stdin.on('end', () => {
  const task = { ...JSON.parse(process.argv[2] ?? '{}'), body: Buffer.concat(chunks) } as ParseTask;
  process.stdout.write(JSON.stringify(runParseTask(task)));
});
