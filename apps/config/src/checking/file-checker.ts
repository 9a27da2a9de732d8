import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAlertmanagerConfig } from '@alertagent/alerting';
import { ServiceError, type ConfigType } from '@alertagent/contracts';
import {
  findTool,
  LOGGER,
  runTool,
  Slots,
  TOOLS,
  toolVariable,
  type Logger,
  type ToolName,
} from '@alertagent/service-kit';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ConfigMetrics } from '../config-metrics';
import { verdictOf, type Verdict } from './verdict';

/** A tool that takes longer is stuck, or the machine is. */
const TIMEOUT_MS = 5_000;

/** Each check takes a core for about 100 ms; more at once would starve the service itself. */
const MAX_AT_ONCE = 2;

const TOOL_OF: Record<ConfigType, ToolName> = { 'prometheus-rules': 'promtool', 'alertmanager-config': 'amtool' };
const ARGS: Record<ToolName, readonly string[]> = { promtool: ['check', 'rules'], amtool: ['check-config'] };

/** Lets Prometheus' and Alertmanager's own tools judge a file before anybody is served, where they are installed. */
@Injectable()
export class FileChecker implements OnModuleInit {
  private readonly paths = new Map<ToolName, string>();
  private readonly versions = new Map<ToolName, string>();
  private readonly slots = new Slots(MAX_AT_ONCE);
  private readonly log: Logger;

  constructor(
    private readonly metrics: ConfigMetrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('checking');
  }

  /** Looks for the tools and tries them; one that is there but does not run counts as absent. */
  async onModuleInit(): Promise<void> {
    for (const tool of TOOLS) {
      const path = findTool(tool);
      const probe = path === null ? null : await runTool(path, ['--version'], TIMEOUT_MS);
      if (path !== null && probe?.kind === 'exited' && probe.code === 0) {
        this.paths.set(tool, path);
        const version = /version (\d+\.\d+\.\d+)/.exec(probe.output)?.[1];
        if (version) this.versions.set(tool, version);
      } else
        this.log.warn(
          { tool, path, variable: toolVariable(tool) },
          'Tool not found: files are only proven to read back as they were meant',
        );
    }
  }

  /** Errors: ServiceError `unavailable` when the tool could not come to a verdict; nothing is said about the file then. */
  async check(type: ConfigType, content: string, rules: number): Promise<Verdict> {
    const tool = TOOL_OF[type];
    const path = this.paths.get(tool);
    if (path === undefined || !this.isOfItsTime(tool, content)) {
      this.metrics.checked(tool, 'absent', 0);
      return { kind: 'accepted' };
    }
    return this.slots.run(async () => {
      const started = performance.now();
      const verdict = await this.judge({ tool, path, content, rules });
      this.metrics.checked(tool, verdict?.kind ?? 'failed', (performance.now() - started) / 1000);
      if (!verdict) throw new ServiceError('unavailable', `${tool} came to no verdict`);
      return verdict;
    });
  }

  /**
   * An amtool that is older than the cluster's Alertmanager refuses what it does not know. Its word counts when by our rules it
   * would take the file: then a refusal shows a rule that we do not have.
   */
  private isOfItsTime(tool: ToolName, content: string): boolean {
    const version = this.versions.get(tool);
    return tool !== 'amtool' || version === undefined || checkAlertmanagerConfig(content, { version }).valid;
  }

  private async judge({
    tool,
    path,
    content,
    rules,
  }: {
    tool: ToolName;
    path: string;
    content: string;
    rules: number;
  }): Promise<Verdict | null> {
    const folder = await mkdtemp(join(tmpdir(), 'alertagent-check-'));
    try {
      const file = join(folder, 'file.yml');
      await writeFile(file, content, { mode: 0o600, flag: 'wx' });
      const run = await runTool(path, [...ARGS[tool], file], TIMEOUT_MS);
      if (run.kind === 'exited') return verdictOf(tool, run, { file, rules });
      this.log.warn(
        { tool, outcome: run.kind, error: run.kind === 'broken' ? run.error : undefined },
        'Tool came to no verdict',
      );
      return null;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
