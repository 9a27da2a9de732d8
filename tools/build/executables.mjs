// Last part of `npm run build`: what package.json calls a program can be run. tsc writes files that cannot be, and npm makes the
// programs of workspaces executable only if they are there when it installs them, which is before they are built.
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

for (const app of ['apps/cli', 'apps/mcp']) {
  const { bin } = JSON.parse(await readFile(join(root, app, 'package.json'), 'utf8'));
  for (const program of Object.values(bin)) await chmod(join(root, app, program), 0o755);
}
