import { execFile } from 'node:child_process';

/** Options of `runCommand`. */
export interface RunCommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds until it is killed; 60,000 unless told. */
  timeoutMs?: number;
}

/**
 * Runs a program to its end without a shell and returns what it wrote to stdout.
 * Errors: it can't be started, ends with another code than 0, or takes too long; the message carries the end of its stderr.
 */
export function runCommand(file: string, args: readonly string[], options: RunCommandOptions = {}): Promise<string> {
  const { cwd, env, timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    execFile(
      file,
      [...args],
      { cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 32 * 1_024 * 1_024 },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const words = `${stderr}\n${stdout}`.trim().split('\n').slice(-15).join('\n');
        reject(
          new Error(
            `${file} ${args.slice(0, 6).join(' ')} failed (${error.killed ? 'took too long' : (error.code ?? error.signal)}):\n${words}`,
          ),
        );
      },
    );
  });
}
