import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';

/** What a command may write to; a test gives its own. */
export interface Streams {
  out: Writable;
  err: Writable & { isTTY?: boolean };
}

export interface TerminalOptions {
  json?: boolean;
  quiet?: boolean;
}

/** A bar on a terminal, and nothing where nobody looks at one. */
export interface Progress {
  at(done: number, total: number | null): void;
  stop(): void;
}

const SILENT: Progress = { at: () => undefined, stop: () => undefined };

/** Results go to standard output, everything else to standard error, so that a pipe gets results only. */
export class Terminal {
  constructor(
    private readonly streams: Streams,
    private readonly options: TerminalOptions,
  ) {}

  /** The result of the command: as JSON where that was asked for, else as the lines. */
  result(value: unknown, lines: readonly string[]): void {
    if (this.options.json) this.streams.out.write(JSON.stringify(value, null, 2) + '\n');
    else if (lines.length > 0) this.streams.out.write(lines.map(clean).join('\n') + '\n');
  }

  /** Text as it is: a rule file. */
  text(text: string): void {
    this.streams.out.write(text);
  }

  /** Said unless `--quiet`. */
  note(line: string): void {
    if (!this.options.quiet && !this.options.json) this.streams.err.write(clean(line) + '\n');
  }

  /** Always said. */
  error(line: string): void {
    this.streams.err.write(clean(line) + '\n');
  }

  progress(what: string): Progress {
    if (!this.streams.err.isTTY || this.options.quiet || this.options.json) return SILENT;
    const bar = new SingleBar(
      {
        format: `${what} {bar} {percentage}% {value}/{total}`,
        stream: this.streams.err as NodeJS.WritableStream,
        hideCursor: true,
        clearOnComplete: true,
      },
      Presets.shades_classic,
    );
    let isStarted = false;
    return {
      at: (done, total) => {
        if (total === null || total === 0) return;
        if (!isStarted) bar.start(total, done);
        else bar.setTotal(total);
        isStarted = true;
        bar.update(done);
      },
      stop: () => bar.stop(),
    };
  }
}

/** Names and texts of rules may hold what a terminal takes for a command. */
const clean = (line: string): string => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '�');
