import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from './find-tool';
import { runTool } from './run-tool';

describe('running a tool', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alertagent-tool-'));
    await writeFile(join(folder, 'promtool'), '#!/bin/sh\nexit 0\n');
    await chmod(join(folder, 'promtool'), 0o755);
    await writeFile(join(folder, 'amtool'), 'no program');
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('answers the exit code and what was written to both streams', async () => {
    const run = await runTool('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'], 5_000);
    expect(run).toEqual({ kind: 'exited', code: 3, output: 'err\n\nout\n' });
  });

  it('gives the tool none of our environment', async () => {
    process.env.ALERTAGENT_TEST_SECRET = 'secret';
    const run = await runTool('/bin/sh', ['-c', 'echo "[$ALERTAGENT_TEST_SECRET]"'], 5_000);
    delete process.env.ALERTAGENT_TEST_SECRET;
    expect(run).toMatchObject({ output: expect.stringContaining('[]') as string });
  });

  it('kills a tool that does not come to an end', async () => {
    expect(await runTool('/bin/sh', ['-c', 'exec sleep 600'], 50)).toEqual({ kind: 'timeout' });
  });

  it('kills a tool that nobody waits for any more', async () => {
    const stop = new AbortController();
    const run = runTool('/bin/sh', ['-c', 'exec sleep 600'], 600_000, stop.signal);
    stop.abort();
    expect(await run).toMatchObject({ kind: 'broken' });
  });

  it('kills a tool that writes without end', async () => {
    expect(await runTool('/bin/sh', ['-c', 'while :; do echo again; done'], 30_000)).toEqual({ kind: 'flood' });
  });

  it('tells a program that cannot be started from one that refuses', async () => {
    expect(await runTool(join(folder, 'missing'), [], 5_000)).toMatchObject({ kind: 'broken' });
  });

  it('finds a tool on PATH, prefers the one named by its variable, and finds none where there is none', () => {
    expect(findTool('promtool', { PATH: `/nowhere:${folder}` })).toBe(join(folder, 'promtool'));
    expect(findTool('promtool', { PATH: '', ALERTAGENT_PROMTOOL_BIN: join(folder, 'promtool') })).toBe(
      join(folder, 'promtool'),
    );
    expect(findTool('amtool', { PATH: folder })).toBeNull();
  });

  it('does not fall back when the variable names something that cannot be run', () => {
    expect(() => findTool('promtool', { PATH: folder, ALERTAGENT_PROMTOOL_BIN: '/nowhere' })).toThrow(
      'ALERTAGENT_PROMTOOL_BIN',
    );
  });
});
