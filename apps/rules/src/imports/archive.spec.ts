import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { ArchiveFault, readArchive } from './archive';

const FILE = 'groups: [{name: g}]\n';

async function tar(entries: [name: string, content: string | Buffer][], link?: string): Promise<Buffer> {
  const packing = pack();
  for (const [name, content] of entries) packing.entry({ name }, content);
  if (link) packing.entry({ name: link, type: 'symlink', linkname: '/etc/passwd' });
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('an archive', () => {
  it('yields its rule files with their paths, gzipped or not, and nothing else of it', async () => {
    const entries: [string, string | Buffer][] = [
      ['./rules/a.yml', `\ufeff${FILE}`],
      ['rules/deep/b.rules', FILE],
      ['rules/README.md', FILE],
      ['rules/tests.yml', 'tests: []'],
      ['rules/._a.yml', FILE],
      ['rules/binary.yml', Buffer.from([0xff, 0xfe])],
    ];
    for (const bytes of [await tar(entries, 'rules/link.yml'), gzipSync(await tar(entries, 'rules/link.yml'))]) {
      expect(await readArchive(bytes)).toEqual([
        { path: 'rules/a.yml', text: FILE },
        { path: 'rules/deep/b.rules', text: FILE },
      ]);
    }
  });

  it.each(['../a.yml', 'rules/../../a.yml', '/etc/a.yml', 'C:\\a.yml', '..\\a.yml'])(
    'is refused when an entry is called %s',
    async (name) => {
      await expect(readArchive(await tar([[name, FILE]]))).rejects.toThrow('outside of the archive');
    },
  );

  it('is refused when it unpacks to too much, though it is small itself', async () => {
    const bomb = gzipSync(await tar([['a.yml', Buffer.alloc(70 * 1024 * 1024, '#')]]));
    expect(bomb.length).toBeLessThan(200_000);
    await expect(readArchive(bomb)).rejects.toThrow('unpacks to more than');
  });

  it('is refused when it is none, is cut off, or holds no rules', async () => {
    const good = gzipSync(await tar([['a.yml', FILE]]));
    for (const bytes of [Buffer.from('no archive at all'), good.subarray(0, 60), await tar([['README.md', 'x']])]) {
      await expect(readArchive(bytes)).rejects.toThrow(ArchiveFault);
    }
  });
});
