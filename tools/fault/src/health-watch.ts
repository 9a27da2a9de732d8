import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { SupervisedService } from './supervised-service';

const LOOK_EVERY_MS = 500;
const PAGE_BYTES = 4_096;

/** What a service needed. */
export interface Usage {
  /** The most memory it had resident, MiB. */
  maxRssMb: number;
  /** Open files at the first look. */
  filesAtFirst: number;
}

/** Looks at each service twice a second: does it say that it is healthy, and what does it use? */
export class HealthWatch {
  /** Times that a running, once ready and not frozen process did not answer /health with 200. */
  readonly unhealthy: string[] = [];
  readonly usage = new Map<string, Usage>();
  private isStopping = false;
  private loop: Promise<void> | null = null;

  constructor(private readonly services: () => readonly SupervisedService[]) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await Promise.all(this.services().map((service) => this.look(service)));
      await delay(LOOK_EVERY_MS);
    }
  }

  private async look(service: SupervisedService): Promise<void> {
    const { pid } = service;
    const life = service.lives.at(-1);
    if (pid === 0 || !life || life.readyAt === null) return;
    this.measure(service, pid);
    const healthy = await service.healthy();
    // No answer at all is judged only of a process that lives on and turns: others are dead, dying or frozen.
    if (healthy === false) this.unhealthy.push(`${service.name} said that it is not healthy`);
  }

  private measure({ name }: SupervisedService, pid: number): void {
    try {
      const rssMb = (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 1_048_576;
      const before = this.usage.get(name);
      this.usage.set(name, {
        maxRssMb: Math.max(before?.maxRssMb ?? 0, rssMb),
        filesAtFirst: before?.filesAtFirst ?? openFiles(pid),
      });
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** How many files, sockets and pipes a process has open. Errors: there is no such process. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
