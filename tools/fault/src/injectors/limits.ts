import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pollUntil } from '@alertagent/local-stack';
import { demandRoot, systemCommand } from './system-command';

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;
let groups = 0;

/** What a group of processes may use. */
export interface ResourceLimit {
  /** Share of one core: 0.1 is a tenth. */
  cpu?: number;
  /** Bytes of memory; beyond them the kernel kills. */
  memoryBytes?: number;
}

/** Linux has two generations of control groups; which one a controller belongs to differs from machine to machine. */
function folderOf(controller: 'cpu' | 'memory', name: string): { folder: string; isV2: boolean } {
  const isV2 = existsSync(join(ROOT, 'cgroup.controllers'));
  return { folder: isV2 ? join(ROOT, name) : join(ROOT, controller, name), isV2 };
}

/** A control group: limits that hold for the processes put into it and for their children. Needs root. */
export class LimitedGroup {
  private constructor(private readonly folders: ReadonlyMap<'cpu' | 'memory', { folder: string; isV2: boolean }>) {}

  static async create(limit: ResourceLimit): Promise<LimitedGroup> {
    demandRoot('A limit of processor time or memory');
    groups += 1;
    const name = `alertagent-fault-${process.pid}-${groups}`;
    const controllers = [
      ...(limit.cpu === undefined ? [] : (['cpu'] as const)),
      ...(limit.memoryBytes === undefined ? [] : (['memory'] as const)),
    ];
    const group = new LimitedGroup(new Map(controllers.map((controller) => [controller, folderOf(controller, name)])));
    for (const { folder } of group.folders.values()) await mkdir(folder, { recursive: true });
    if (limit.cpu !== undefined) await group.setCpu(limit.cpu);
    if (limit.memoryBytes !== undefined) await group.setMemory(limit.memoryBytes);
    return group;
  }

  /**
   * Puts running processes, all their threads included, under the limits. Memory they have taken before is not counted; a
   * program that is to be limited from its first byte is started through `starter`.
   */
  async add(...pids: number[]): Promise<void> {
    for (const { folder } of this.folders.values())
      for (const pid of pids) await writeFile(join(folder, 'cgroup.procs'), String(pid));
  }

  /** A command line that starts a program inside the group: to be followed by the program and its arguments. */
  get starter(): string[] {
    const enter = [...this.folders.values()].map(({ folder }) => `echo $$ > '${join(folder, 'cgroup.procs')}'`);
    return ['/bin/sh', '-c', `${enter.join(' && ')} && exec "$@"`, 'limited'];
  }

  /** Changes the share of one core. */
  async setCpu(share: number): Promise<void> {
    const { folder, isV2 } = this.of('cpu');
    const quota = Math.round(share * PERIOD_US);
    if (isV2) return writeFile(join(folder, 'cpu.max'), `${quota} ${PERIOD_US}`);
    await writeFile(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US));
    await writeFile(join(folder, 'cpu.cfs_quota_us'), String(quota));
  }

  /** How often the kernel killed one of the processes for want of memory. */
  async oomKills(): Promise<number> {
    const { folder, isV2 } = this.of('memory');
    const text = await readFile(join(folder, isV2 ? 'memory.events' : 'memory.oom_control'), 'utf8');
    return Number(/oom_kill (\d+)/.exec(text)?.[1] ?? 0);
  }

  /** Most bytes that were in use at once. */
  async peakBytes(): Promise<number> {
    const { folder, isV2 } = this.of('memory');
    return Number(await readFile(join(folder, isV2 ? 'memory.peak' : 'memory.max_usage_in_bytes'), 'utf8'));
  }

  /** Frees the processes from the limits. */
  async close(): Promise<void> {
    for (const [controller, { folder, isV2 }] of this.folders) {
      const members = (await readFile(join(folder, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean);
      for (const pid of members)
        await writeFile(join(isV2 ? ROOT : join(ROOT, controller), 'cgroup.procs'), pid).catch(() => undefined);
      await pollUntil(
        async () => {
          await rmdir(folder);
          return true;
        },
        { what: `the control group ${folder} to be empty` },
      );
    }
  }

  private async setMemory(bytes: number): Promise<void> {
    const { folder, isV2 } = this.of('memory');
    await writeFile(join(folder, isV2 ? 'memory.max' : 'memory.limit_in_bytes'), String(bytes));
  }

  private of(controller: 'cpu' | 'memory'): { folder: string; isV2: boolean } {
    const found = this.folders.get(controller);
    if (!found) throw new Error(`This group limits no ${controller}.`);
    return found;
  }
}

/** Sets how many files and sockets a running process may have open at once. */
export async function limitOpenFiles(pid: number, count: number): Promise<void> {
  // The hard limit stays, so that the soft one can be raised again.
  await systemCommand('prlimit', `--pid=${pid}`, `--nofile=${count}:`);
}

/** How many files and sockets a process has open. */
export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}
