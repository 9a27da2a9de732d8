import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { mainOf } from './services';
import type { SupervisedProcess } from './supervised-process';
import { say } from './terminal';

/** A compiler writes many files in a row; one restart is enough. */
const SETTLE_MS = 300;

/** Restarts a service when its compiled files, or those of the libraries, change. Returns how to stop watching. */
export function watchForChanges(processes: readonly SupervisedProcess[]): () => void {
  const watchers = processes.map((process) => {
    let timer: NodeJS.Timeout | undefined;
    const restart = (): void => {
      say(`${process.name} changed; restarting it`);
      process.restart();
    };
    const libraries = ['contracts', 'alerting', 'service-kit'].map((library) =>
      dirname(require.resolve(`@alertagent/${library}`)),
    );
    return [dirname(mainOf(process.name)), ...libraries].map((directory) =>
      watch(directory, { recursive: true }, (_event, file) => {
        if (!file?.endsWith('.js')) return;
        clearTimeout(timer);
        timer = setTimeout(restart, SETTLE_MS);
      }),
    );
  });
  return () => watchers.flat().forEach((watcher) => watcher.close());
}
