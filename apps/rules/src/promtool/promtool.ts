import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool, LOGGER, runTool, toolVariable, type Logger, type ToolRun } from '@alertagent/service-kit';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

const PROBE_MS = 60_000;

/** A folder that nobody else can read, and promtool to run in it. */
export interface PromtoolBench {
  folder: string;
  /** Answers the path. Errors of the file system are thrown. */
  write: (name: string, text: string) => Promise<string>;
  /** Kills it after `timeoutMs`, or when `signal` says so. */
  run: (args: readonly string[], timeoutMs: number, signal?: AbortSignal) => Promise<ToolRun>;
}

/** The real promtool, where there is one. It gets none of our environment. */
@Injectable()
export class Promtool implements OnModuleInit {
  /** As it says itself; null when there is none. */
  version: string | null = null;
  private path: string | null = null;
  private readonly log: Logger;

  constructor(@Inject(LOGGER) logger: Logger) {
    this.log = logger.component('promtool');
  }

  /** One that is there but does not run counts as absent. */
  async onModuleInit(): Promise<void> {
    const path = findTool('promtool');
    const probe = path === null ? null : await runTool(path, ['--version'], PROBE_MS);
    if (path !== null && probe?.kind === 'exited' && probe.code === 0) {
      this.path = path;
      this.version = /version (\d+\.\d+\.\d+)/.exec(probe.output)?.[1] ?? 'unknown';
      return;
    }
    this.log.warn(
      { variable: toolVariable('promtool') },
      'promtool not found: tests of rules are not run, and rules are judged by our own readers alone',
    );
  }

  /** Gives `work` a bench of its own, and removes it afterwards. Errors: those of `work`; when there is no promtool. */
  async atBench<T>(work: (bench: PromtoolBench) => Promise<T>): Promise<T> {
    const { path } = this;
    if (path === null) throw new Error('there is no promtool');
    const folder = await mkdtemp(join(tmpdir(), 'alertagent-promtool-'));
    try {
      return await work({
        folder,
        write: async (name, text) => {
          const file = join(folder, name);
          await writeFile(file, text, { mode: 0o600, flag: 'wx' });
          return file;
        },
        run: (args, timeoutMs, signal) => runTool(path, args, timeoutMs, signal),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
