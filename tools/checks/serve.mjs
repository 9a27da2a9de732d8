// `npx nx serve <service>`: one service alone, with a private NATS and SQLite, rebuilt and restarted on each change.
import { spawn, spawnSync } from 'node:child_process';

const [service] = process.argv.slice(2);
const tsc = 'node_modules/typescript/bin/tsc';
const projects = ['tools/launcher/tsconfig.build.json', `apps/${service}/tsconfig.build.json`];
if (spawnSync(process.execPath, [tsc, '-b', ...projects], { stdio: 'inherit' }).status !== 0) process.exit(1);

const compiler = spawn(process.execPath, [tsc, '-b', '--watch', '--preserveWatchOutput', ...projects], {
  stdio: 'inherit',
});
const launcher = spawn(process.execPath, ['tools/launcher/dist/main.js', '--only', service, '--watch'], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => launcher.kill(signal));
launcher.on('exit', (code) => {
  compiler.kill();
  process.exit(code ?? 1);
});
