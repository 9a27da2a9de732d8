import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryPrefix, writeAtomically } from './atomic-file';
import type { FailpointStep } from './failpoint';

describe('replacing a file', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'alertagent-atomic-'));
    path = join(directory, 'rules.yml');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('syncs the file before the rename and the directory after it', async () => {
    const steps: FailpointStep[] = [];
    const contents: string[] = [];
    writeFileSync(path, 'old');
    const failpoint = (step: FailpointStep): void => {
      steps.push(step);
      contents.push(readFileSync(path, 'utf8'));
    };

    await writeAtomically({ path, bytes: Buffer.from('new'), mode: 0o644, failpoint });

    expect(steps).toEqual(['open', 'write', 'fsync', 'rename', 'dirsync']);
    expect(contents).toEqual(['old', 'old', 'old', 'new', 'new']);
  });

  it('leaves the old file and no other when the check refuses the new one', async () => {
    writeFileSync(path, 'old');
    const beforeRename = (temporary: string): Promise<void> =>
      Promise.reject(new Error(readFileSync(temporary, 'utf8')));

    await expect(writeAtomically({ path, bytes: Buffer.from('new'), mode: 0o644, beforeRename })).rejects.toThrow(
      'new',
    );

    expect(readdirSync(directory)).toEqual(['rules.yml']);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('keeps the mode of the file that is there', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    await writeAtomically({ path, bytes: Buffer.from('new'), mode: 0o644 });
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('names temporary files so that no *.yml pattern loads them', () => {
    expect(temporaryPrefix(path)).not.toMatch(/\.ya?ml$/);
    expect(temporaryPrefix(path)).toBe('.rules.yml.tmp-');
  });
});
