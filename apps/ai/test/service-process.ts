import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort, GuardedProcess } from '@alertagent/local-stack';

const LOADER = resolve(__dirname, '../../../libs/service-kit/test/typescript-in-node.cjs');
const MAIN = resolve(__dirname, '../src/main.ts');

/** Starts the service from its sources in a process of its own, for tests that kill it. */
export async function startServiceProcess(options: {
  /** Keeps the database; a second process on the same directory goes on where the first one stopped. */
  dataDir: string;
  natsUrl: string;
  /** Further settings, as in `alertagent.yml`; JSON is YAML. */
  settings: object;
  /** The moment at which the process ends itself, e.g. `after_effect:kill`. */
  failpoint?: string;
}): Promise<GuardedProcess> {
  const { dataDir, natsUrl, settings, failpoint } = options;
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'alertagent.yml');
  const opsPort = await freePort();
  writeFileSync(
    file,
    JSON.stringify({ data_dir: dataDir, nats: { url: natsUrl }, server: { ops_port: opsPort }, ...settings }),
  );
  return new GuardedProcess({
    file: process.execPath,
    args: ['--conditions=@alertagent/source', '-r', LOADER, MAIN],
    env: {
      PATH: process.env['PATH'],
      ALERTAGENT_CONFIG: file,
      ...(failpoint ? { ALERTAGENT_FAILPOINT: failpoint } : {}),
    },
  });
}
