import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process in MiB (Linux). */
export function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`process ${pid} has no memory of its own`);
  return Number(kib) / 1_024;
}

/** The direct children of a process with their command lines (Linux). */
export function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const ppid = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        if (Number(ppid) !== parent) return [];
        return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
      } catch {
        // It has ended since the folder was listed.
        return [];
      }
    });
}

/** Clock ticks per second in `/proc`: fixed by the kernel's interface, not by the machine. */
const TICKS_PER_SECOND = 100;

/** Processor time that a process and all its threads have spent so far, in seconds (Linux). */
export function cpuSeconds(pid: number): number {
  // The name before it may hold blanks and brackets.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
