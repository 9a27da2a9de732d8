import { readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** About a tenth of what others get when everybody wants the processor: the very last would never answer who asks for an analysis. */
const LATER = 10;

/** Lets everything else on this machine have the processor first. */
export function stepBack(): void {
  setPriority(LATER);
  // Linux shares the processor between sessions before it looks at the priorities within each. A session that we have for ourselves
  // is lowered as a whole; one that we share with others is none of our business.
  try {
    if (sessionOf(readFileSync('/proc/self/stat', 'utf8')) === process.pid) {
      writeFileSync('/proc/self/autogroup', String(LATER));
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
