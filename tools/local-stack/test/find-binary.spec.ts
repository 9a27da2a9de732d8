import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryVariable, findBinary } from '../src/binaries/find-binary';
import { installDirectory } from '../src/binaries/install-directory';
import { makeTempDir, removeDir } from '../src/temp-dir';

describe('findBinary', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  async function program(...path: string[]): Promise<string> {
    const file = join(folder, ...path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, 0o755);
    return file;
  }

  beforeEach(async () => {
    folder = await makeTempDir('find');
    env = { PATH: join(folder, 'path'), ALERTAGENT_BIN_CACHE: join(folder, 'cache') };
  });
  afterEach(() => removeDir(folder));

  it('takes the program that its own variable names, whatever else there is', async () => {
    await program('path', 'nats-server');
    const chosen = await program('elsewhere', 'my-nats');
    expect(binaryVariable('nats-server')).toBe('ALERTAGENT_NATS_SERVER_BIN');
    expect(findBinary('nats-server', { ...env, ALERTAGENT_NATS_SERVER_BIN: chosen })).toBe(chosen);
  });

  it('refuses a variable that names something which cannot be run, instead of falling back', async () => {
    await program('path', 'nats-server');
    expect(() => findBinary('nats-server', { ...env, ALERTAGENT_NATS_SERVER_BIN: join(folder, 'nothing') })).toThrow(
      /ALERTAGENT_NATS_SERVER_BIN/,
    );
  });

  it('prefers the folder of ALERTAGENT_BIN_DIR to PATH', async () => {
    await program('path', 'redis-server');
    const chosen = await program('chosen', 'redis-server');
    expect(findBinary('redis-server', { ...env, ALERTAGENT_BIN_DIR: join(folder, 'chosen') })).toBe(chosen);
  });

  it("finds Debian's name for alertmanager", async () => {
    const debian = await program('path', 'prometheus-alertmanager');
    expect(findBinary('alertmanager', env)).toBe(debian);
  });

  it('ignores files that are not executable and folders of the right name', async () => {
    const real = await program('second', 'promtool');
    await mkdir(join(folder, 'path', 'promtool'), { recursive: true });
    await program('first', 'promtool');
    await chmod(join(folder, 'first', 'promtool'), 0o644);
    const PATH = ['path', 'first', 'second'].map((name) => join(folder, name)).join(':');
    expect(findBinary('promtool', { ...env, PATH })).toBe(real);
  });

  it('prefers a program of PATH to a privately installed one', async () => {
    const bin = join(installDirectory(env), 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'amtool'), '#!/bin/sh\n', { mode: 0o755 });
    expect(findBinary('amtool', { ...env, PATH: '' })).toMatch(/amtool$/);
    const own = await program('path', 'amtool');
    expect(findBinary('amtool', env)).toBe(own);
  });
});
