import { statSync } from 'node:fs';
import { join } from 'node:path';

/** What the bundle of the gateway is made of, below the root of the workspace. */
const BUNDLED = ['apps/gateway', 'libs/contracts', 'libs/alerting', 'libs/service-kit'];

/** The compiled entry of an app, one file among many. This is what changes while somebody compiles. */
export const compiledMain = (root: string, app: string): string => join(root, 'apps', app, 'dist', 'main.js');

/**
 * What to start an app from: the bundle that `npm run build` makes of it, if there is one and nothing was compiled since. Somebody who
 * only ran the compiler gets what was compiled, later by the time that it takes to find all its files.
 */
export function serviceMain(root: string, app: string): string {
  const bundle = join(root, 'apps', app, 'dist', 'bundle', 'main.js');
  const bundledAt = changedAt(bundle);
  const isFresh = BUNDLED.every((project) => changedAt(join(root, project, 'dist', '.tsbuildinfo')) <= bundledAt);
  return bundledAt > 0 && isFresh ? bundle : compiledMain(root, app);
}

/** Milliseconds since 1970; 0 if there is no such file. */
const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
