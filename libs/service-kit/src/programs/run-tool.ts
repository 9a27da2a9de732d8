import { execFile } from 'node:child_process';

/** How a tool ended. `output` is what it wrote to both streams; one that writes more than 64 KiB to one of them is killed (`flood`). */
export type ToolRun =
  | { kind: 'exited'; code: number; output: string }
  | { kind: 'timeout' }
  | { kind: 'flood' }
  | { kind: 'broken'; error: Error };

const MAX_OUTPUT = 64 * 1024;

/** Runs a tool without a shell and with an empty environment; kills it after `timeoutMs`, or when `signal` says so (`broken`). Never rejects. */
export function runTool(
  file: string,
  args: readonly string[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<ToolRun> {
  return new Promise((resolve) => {
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MAX_OUTPUT,
      env: {},
      windowsHide: true,
      ...(signal ? { signal } : {}),
    };
    execFile(file, args, options, (error, stdout, stderr) => {
      const output = `${stderr}\n${stdout}`;
      if (!error) resolve({ kind: 'exited', code: 0, output });
      else if (typeof error.code === 'number') resolve({ kind: 'exited', code: error.code, output });
      else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') resolve({ kind: 'flood' });
      else if (error.killed && error.signal === 'SIGKILL') resolve({ kind: 'timeout' });
      else resolve({ kind: 'broken', error });
    });
  });
}
