import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SealBrokenError, SecretBox } from './secret-box';
import { readOrMakeSecretKey, SECRET_KEY_FILE } from './secret-key-file';

const plain = Buffer.from('a private key');

describe('the secret box', () => {
  const box = new SecretBox('s'.repeat(32), 'test');

  it('opens what it sealed, and never seals to the same text twice', () => {
    const sealed = box.seal(plain, 'row');
    expect(box.open(sealed, 'row')).toEqual(plain);
    expect(box.seal(plain, 'row')).not.toBe(sealed);
    expect(sealed).not.toContain(plain.toString('base64'));
  });

  it('opens nothing that was sealed with another secret, for another purpose or for another row', () => {
    const sealed = box.seal(plain, 'row');
    expect(() => new SecretBox('t'.repeat(32), 'test').open(sealed, 'row')).toThrow(SealBrokenError);
    expect(() => new SecretBox('s'.repeat(32), 'other').open(sealed, 'row')).toThrow(SealBrokenError);
    expect(() => box.open(sealed, 'another row')).toThrow(SealBrokenError);
  });

  it('opens nothing that was changed or cut', () => {
    const [version, iv, tag, text] = box.seal(plain, 'row').split('.');
    const flipped = Buffer.from(text ?? '', 'base64').map((byte, index) => (index === 0 ? byte ^ 1 : byte));
    expect(() => box.open([version, iv, tag, Buffer.from(flipped).toString('base64')].join('.'), 'row')).toThrow(
      SealBrokenError,
    );
    expect(() => box.open([version, iv, (tag ?? '').slice(0, 8), text].join('.'), 'row')).toThrow(SealBrokenError);
    expect(() => box.open('v2.a.b.c', 'row')).toThrow(SealBrokenError);
  });
});

describe('the secret key file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alertagent-secret-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is made once for its owner alone, also when several processes start together', async () => {
    const secrets = await Promise.all(Array.from({ length: 10 }, () => readOrMakeSecretKey(folder)));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(await readdir(folder)).toEqual([SECRET_KEY_FILE]);
    expect((await stat(join(folder, SECRET_KEY_FILE))).mode & 0o777).toBe(0o600);
  });

  it('is never replaced when it is damaged', async () => {
    await writeFile(join(folder, SECRET_KEY_FILE), '');
    await expect(readOrMakeSecretKey(folder)).rejects.toThrow('no usable key');
  });
});
