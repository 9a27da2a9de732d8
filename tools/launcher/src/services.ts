import { join } from 'node:path';
import type { ServiceName } from '@alertagent/contracts';
import { compiledMain, pollUntil, serviceMain, serviceNodeFlags } from '@alertagent/local-stack';
import type { AlertAgentConfig } from '@alertagent/service-kit';
import type { MessageServer } from './message-server';
import { portOrFree } from './ports';
import { SupervisedProcess } from './supervised-process';

const READY_TIMEOUT_MS = 60_000;

/** The root of the workspace, seen from `tools/launcher/dist`. */
const ROOT = join(__dirname, '../../..');

/** The compiled entry point of an app of this workspace. */
export const mainOf = (app: string): string => compiledMain(ROOT, app);

/** The services of AlertAgent, each a process of its own. */
export class Services {
  private constructor(
    private readonly running: readonly { name: ServiceName; process: SupervisedProcess; opsPort: number }[],
  ) {}

  static async start(
    names: readonly ServiceName[],
    config: AlertAgentConfig,
    surroundings: { messages: MessageServer; tools: NodeJS.ProcessEnv; outboundAllow: string[]; watched: boolean },
    onHopeless: (name: string) => void,
  ): Promise<Services> {
    const { outboundAllow } = surroundings;
    // Who compiles while it runs wants to see what was compiled.
    const entryOf = (name: ServiceName): string => (surroundings.watched ? mainOf(name) : serviceMain(ROOT, name));
    const running = [];
    for (const name of names) {
      const opsPort = config.server.ops_port ?? (await portOrFree(config.server.ops_ports[name]));
      const env = {
        ...surroundings.tools,
        ...process.env,
        ...surroundings.messages.environmentOf(name),
        ALERTAGENT_DATA_DIR: config.data_dir,
        ALERTAGENT_OPS_PORT: String(opsPort),
        ...(outboundAllow.length > 0 ? { ALERTAGENT_OUTBOUND_ALLOW: outboundAllow.join(',') } : {}),
      };
      const supervised = new SupervisedProcess(
        name,
        { file: process.execPath, args: [...serviceNodeFlags(name), entryOf(name)], env },
        onHopeless,
      );
      supervised.start();
      running.push({ name, process: supervised, opsPort });
    }
    return new Services(running);
  }

  /** `host:port` where each service shows its metrics. */
  get metricsAddresses(): string[] {
    return this.running.map(({ opsPort }) => `127.0.0.1:${opsPort}`);
  }

  get processes(): readonly SupervisedProcess[] {
    return this.running.map(({ process }) => process);
  }

  /** Resolves when every service says that it is ready. */
  async whenReady(): Promise<void> {
    await Promise.all(
      this.running.map(({ name, opsPort }) =>
        pollUntil(async () => (await fetch(`http://127.0.0.1:${opsPort}/ready`)).ok, {
          what: `${name} to be ready`,
          timeoutMs: READY_TIMEOUT_MS,
          intervalMs: 100,
        }),
      ),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(({ process }) => process.stop()));
  }
}
