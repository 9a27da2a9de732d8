import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join, sep } from 'node:path';
import { threadId } from 'node:worker_threads';

/** Names the folder; loading this file in a process without it does nothing. */
const FOLDER = 'BENCH_PROFILE_DIR';

/** The environment that makes a node process and its children write a CPU profile each when they end. */
export function profilingEnvironment(folder: string): Record<string, string> {
  // `--cpu-prof` itself is not allowed in NODE_OPTIONS.
  return { [FOLDER]: folder, NODE_OPTIONS: `--require ${__filename}` };
}

function profileThisProcess(folder: string): void {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 1_000 });
  session.post('Profiler.start');
  process.once('exit', () =>
    // Answers within the call: nothing else would be in time at the exit.
    session.post('Profiler.stop', (error, { profile }) => {
      if (!error)
        writeFileSync(join(folder, `${programName()}-${process.pid}-${threadId}.cpuprofile`), JSON.stringify(profile));
    }),
  );
}

/** `…/gateway/dist/main.js` is the gateway, and so is `…/gateway/dist/bundle/main.js`. */
function programName(): string {
  const folders = (process.argv[1] ?? '').split(sep);
  return folders[folders.lastIndexOf('dist') - 1] ?? '';
}

const folder = process.env[FOLDER];
if (folder !== undefined) profileThisProcess(folder);
