import { join } from 'node:path';
import { GuardedProcess, pollUntil } from '@alertagent/local-stack';

/**
 * A program of this package in a node process of its own, so that it shares no event loop with what it measures. It gets
 * its settings as its only argument and says what it has to say as one line of JSON.
 */
export class NodeProgram {
  private readonly process: GuardedProcess;
  private answerLine: string | undefined;

  /** @param file path below the compiled sources, without extension */
  constructor(
    private readonly file: string,
    settings: object,
  ) {
    this.process = new GuardedProcess({
      file: process.execPath,
      args: [join(__dirname, `${file}.js`), JSON.stringify(settings)],
      env: { PATH: process.env['PATH'] },
      onLine: (line) => {
        if (line.startsWith('{')) this.answerLine ??= line;
      },
    });
  }

  /** What it said. Errors: it ended without a word, or took longer than `timeoutMs`. */
  async answer<T>(timeoutMs: number): Promise<T> {
    await pollUntil(() => this.answerLine !== undefined || !this.process.isRunning, {
      what: `${this.file} to answer`,
      timeoutMs,
    });
    if (this.answerLine === undefined) throw new Error(`${this.file} ended without an answer:\n${this.process.log()}`);
    return JSON.parse(this.answerLine) as T;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

/** The settings this program was started with. */
export function programSettings<T>(): T {
  return JSON.parse(process.argv[2] ?? 'null') as T;
}

/** Says the one line that `NodeProgram.answer` waits for. */
export function sayAnswer(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Runs a program to its end and returns what it said. */
export async function runNodeProgram<T>(file: string, settings: object, timeoutMs: number): Promise<T> {
  const program = new NodeProgram(file, settings);
  try {
    return await program.answer<T>(timeoutMs);
  } finally {
    await program.stop();
  }
}
