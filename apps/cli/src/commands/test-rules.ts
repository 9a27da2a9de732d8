import { spawn } from 'node:child_process';
import { codeOf } from '../connection';
import { CommandError, EXIT } from '../exit-codes';
import type { CommandContext } from './context';

export interface TestRulesOptions {
  promtool: string;
  timeout: number;
}

interface ToolRun {
  file: string;
  passed: boolean;
  output: string;
}

/** `rules test`: unit tests in promtool's format, by promtool itself, each file with its own time limit. */
export async function testRules(
  { terminal }: CommandContext,
  files: string[],
  options: TestRulesOptions,
): Promise<number> {
  const runs: ToolRun[] = [];
  const progress = terminal.progress('testing');
  try {
    for (const file of files) {
      runs.push(await runPromtool(file, options));
      progress.at(runs.length, files.length);
    }
  } finally {
    progress.stop();
  }
  const failed = runs.filter(({ passed }) => !passed);
  terminal.result({ files: runs }, [
    ...runs.flatMap(({ file, passed, output }) => (passed ? [`ok      ${file}`] : [`FAILED  ${file}`, output])),
    `${runs.length - failed.length} of ${runs.length} test files passed`,
  ]);
  return failed.length > 0 ? EXIT.findings : EXIT.ok;
}

function runPromtool(file: string, { promtool, timeout }: TestRulesOptions): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(promtool, ['test', 'rules', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), timeout * 1000);
    let output = '';
    const take = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(-100_000));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      clearTimeout(limit);
      const advice = 'install Prometheus, whose package has promtool, or name it with --promtool';
      reject(new CommandError(EXIT.usage, `"${promtool}" can not be run (${codeOf(error)})`, advice));
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      const ended = signal === null ? '' : `\nended after ${timeout} s without a verdict`;
      resolve({ file, passed: code === 0, output: output.trim() + ended });
    });
  });
}
