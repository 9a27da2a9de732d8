import type { HostileCase } from '../row';
import type { Answer } from '../wire/answer';
import { problemFaults } from './problem-contract';

/** Traces of our insides that no answer may show. */
const INSIDES =
  /node_modules|\bat [\w.<>]+ \(|\.(js|ts|mjs|cjs):\d+|SQLITE_|QueryFailedError|SELECT .{1,80} FROM|INSERT INTO|FST_ERR|UnhandledPromise|libsql|\/dist\//i;
/** Codes of MariaDB's errors; other words have these letters inside. */
const DATABASE_CODES = /\bER_[A-Z_]{4,}/;
const LONGEST_ECHO = 100;
const BIGGEST_SEARCHED = 256 * 1024;

/** What is wrong with an answer; nothing when all is well. */
export function judgeAnswer({ send, expected }: HostileCase, answer: Answer): string[] {
  if (answer.status === 0) return expected.mayBeCut ? [] : ['no answer'];
  const faults: string[] = [];
  if (!expected.status.includes(answer.status))
    faults.push(`answered ${answer.status}, expected ${expected.status.join(' or ')}`);
  if (answer.status >= 500 && !expected.status.includes(answer.status)) faults.push(`answered ${answer.status}`);
  if (answer.status >= 400) {
    faults.push(...problemFaults(answer, expected.pointer));
    if (
      !expected.mayEcho &&
      echoes(answer.text, Buffer.isBuffer(send) ? send : (send.body ?? Buffer.alloc(0)), targetOf(send))
    )
      faults.push(`repeats more than ${LONGEST_ECHO} characters of the request`);
  }
  const said = answer.status >= 400 ? answer.text : '';
  const seen = (INSIDES.exec(said) ?? DATABASE_CODES.exec(said))?.[0];
  if (seen) faults.push(`shows our insides: ${seen}`);
  if (/^(server|x-powered-by):/im.test(answer.head)) faults.push('names its software');
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(answer.head))
    faults.push('a control character in the head');
  const closer = expected.status.includes(answer.status) ? expected.check?.(answer) : null;
  if (closer) faults.push(closer);
  return faults;
}

function targetOf(send: HostileCase['send']): string {
  return Buffer.isBuffer(send) ? '' : `${send.target}\n${send.headers.map(([, value]) => value).join('\n')}`;
}

/** Whether the answer holds more than 100 characters in a row of what was sent. */
function echoes(text: string, body: Buffer, rest: string): boolean {
  const sent = body.toString('utf8', 0, BIGGEST_SEARCHED) + rest;
  if (sent.length <= LONGEST_ECHO) return false;
  // Every run of 101 characters holds one that starts at a multiple of ten.
  for (let at = 0; at + LONGEST_ECHO + 1 <= text.length; at += 10) {
    const run = text.slice(at, at + LONGEST_ECHO - 8);
    if (sent.includes(run) && longestRun(sent, text, at) > LONGEST_ECHO) return true;
  }
  return false;
}

function longestRun(sent: string, text: string, at: number): number {
  let from = at;
  let to = at + LONGEST_ECHO - 8;
  while (from > 0 && sent.includes(text.slice(from - 1, to))) from -= 1;
  while (to < text.length && sent.includes(text.slice(from, to + 1))) to += 1;
  return to - from;
}
