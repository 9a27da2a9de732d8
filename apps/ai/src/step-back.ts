import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const LAST = constants.priority.PRIORITY_LOW;

/** Lets everything else on this machine have the processor first. */
export function stepBack(): void {
  setPriority(LAST);
  // Linux shares the processor between sessions before it looks at the priorities within each. A session that we have for ourselves
  // is lowered as a whole; one that we share with others is none of our business.
  try {
    if (sessionOf(readFileSync('/proc/self/stat', 'utf8')) === process.pid) {
      writeFileSync('/proc/self/autogroup', String(LAST));
    }
  } catch {
    // Another system, or a kernel without such groups: the priority is all there is.
  }
}

/** The session is the sixth field; the second one, the name of the program, may hold spaces and parentheses. */
function sessionOf(stat: string): number {
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(session);
}
