import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigFile } from './config-file';
import { FilePlace } from './file-place';
import { emptyState, saveState, statePath, UnreadableState } from './state-file';
import { sha256, type Revision } from './verify-revision';

const OLD = Buffer.from('old');
const NEW = Buffer.from('new');
const revisionOf = (bytes: Buffer, revision: number): Revision => ({ revision, hash: sha256(bytes), etag: null });

describe('the configuration file and what is known about it', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'alertagent-file-'));
    path = join(directory, 'rules.yml');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const open = (clusterSetting = 'local'): Promise<ConfigFile> =>
    ConfigFile.open({ path, clusterSetting, place: new FilePlace(path, () => undefined) });

  it('finds everything again after a restart', async () => {
    const file = await open();
    await file.put(NEW, revisionOf(NEW, 3));
    await file.keepAsGood(NEW);
    await file.countDrift();

    const again = await open();

    expect(again.state).toMatchObject({
      onDisk: { revision: 3 },
      good: { revision: 3 },
      writing: null,
      driftRepaired: 1,
    });
    expect((await again.lastGood())?.bytes).toEqual(NEW);
  });

  it.each([
    ['the new file when the rename was done', NEW, 2],
    ['the old file when it was not', OLD, 1],
  ])('takes an interrupted replacement for what is on disk: %s', async (_what, onDisk, revision) => {
    writeFileSync(path, onDisk);
    await saveState(path, {
      ...emptyState(),
      clusterSetting: 'local',
      onDisk: revisionOf(OLD, 1),
      writing: revisionOf(NEW, 2),
    });
    const { state } = await open();
    expect(state).toMatchObject({ onDisk: { revision }, writing: null });
  });

  it('keeps a file from before AlertAgent as the last good one', async () => {
    writeFileSync(path, OLD);
    const file = await open();
    await file.put(NEW, revisionOf(NEW, 1));
    expect((await file.lastGood())?.bytes).toEqual(OLD);
  });

  it('does not use a last good copy that was changed', async () => {
    const file = await open();
    await file.put(NEW, revisionOf(NEW, 1));
    await file.keepAsGood(NEW);
    writeFileSync(join(directory, '.rules.yml.last-good'), 'changed');
    expect(await file.lastGood()).toBeNull();
  });

  it('starts over for another cluster but keeps the pinned key', async () => {
    const state = { ...emptyState(), clusterSetting: 'local', clusterId: 'c1', key: 'k', highest: revisionOf(NEW, 9) };
    await saveState(path, state);
    expect((await open()).state.highest).toEqual(state.highest);
    expect((await open('other')).state).toMatchObject({ key: 'k', clusterId: null, highest: null });
  });

  it('refuses to start on a damaged state, which holds the pinned key', async () => {
    for (const text of ['', '{', '[]', '{"highest":{"revision":"x"}}', '{"key":5}']) {
      writeFileSync(statePath(path), text);
      await expect(open()).rejects.toThrow(UnreadableState);
    }
  });

  it('removes temporary files of a crashed run and nothing else', async () => {
    for (const name of ['.rules.yml.tmp-77', '..rules.yml.last-good.tmp-77', 'own.yml', '.rules.yml.other'])
      writeFileSync(join(directory, name), '');
    await open();
    expect(readdirSync(directory).sort()).toEqual(['.rules.yml.other', 'own.yml']);
  });

  it('keeps the old file and says nothing else when the new one cannot be written', async () => {
    const file = await open();
    await file.put(OLD, revisionOf(OLD, 1));
    await expect(file.put(NEW, revisionOf(NEW, 2), () => Promise.reject(new Error('refused')))).rejects.toThrow(
      'refused',
    );
    expect(readFileSync(path)).toEqual(OLD);
    expect((await open()).state).toMatchObject({ onDisk: { revision: 1 }, writing: null });
  });
});
