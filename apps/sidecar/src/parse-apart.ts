import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { RuleIdentity } from './rule-identity';
import { loadedFile, type LoadedFile } from './rule-proof';
import type { ConfigType } from './settings';
import { UnusableConfig } from './unusable-config';
import type { ParseAnswer, ParseTask } from './parse-task';

/**
 * Rule lists above this many bytes are parsed in a process of their own, and configuration files always. What is
 * parsed takes many times its size, and the sidecar's own heap is kept so small that a few thousand rules would end
 * it (a worker thread would not help: the heap limits of the command line hold for it too). Without the YAML library
 * the sidecar itself is smaller by several MiB for all of its life.
 */
const APART_BYTES = 64 * 1024;
const APART_HEAP_MIB = 1_024;
const APART_TIMEOUT_MS = 60_000;
const APART_ANSWER_BYTES = 64 * 1024 * 1024;

/** Lists the rules of a configuration file. Throws UnusableConfig. */
export async function readConfigApart(task: { body: Buffer; type: ConfigType }): Promise<RuleIdentity[]> {
  const answer = await run({ kind: 'config', ...task });
  if ('unusable' in answer) throw new UnusableConfig(answer.unusable);
  return 'rules' in answer ? answer.rules : [];
}

/** Picks our file out of an answer of `/api/v1/rules`. Rejects when it is not the JSON expected. */
export async function loadedFileApart(task: { body: Buffer; configPath: string }): Promise<LoadedFile> {
  if (task.body.length <= APART_BYTES) return loadedFile(task.body.toString('utf8'), task.configPath);
  const answer = await run({ kind: 'loaded', ...task });
  if ('unusable' in answer) throw new Error(answer.unusable);
  return 'file' in answer ? answer.file : { rules: [], problem: null };
}

function run(task: ParseTask): Promise<ParseAnswer> {
  const { body, ...rest } = task;
  const args = [`--max-old-space-size=${APART_HEAP_MIB}`, join(__dirname, 'parse-child.js'), JSON.stringify(rest)];
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      args,
      { timeout: APART_TIMEOUT_MS, maxBuffer: APART_ANSWER_BYTES },
      (error, stdout) => {
        if (error) reject(new Error('the parsing process failed', { cause: error }));
        else resolve(JSON.parse(stdout) as ParseAnswer);
      },
    );
    // A child that died before it read everything is told by its exit, not by the broken pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(body);
  });
}
