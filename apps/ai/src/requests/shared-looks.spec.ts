import { SharedLooks } from './shared-looks';

describe('shared looks', () => {
  it('answer all who ask the same while one is under way, and look anew for who comes later', async () => {
    const looks = new SharedLooks<number>();
    let count = 0;
    const look = async (): Promise<number> => {
      count += 1;
      const found = count;
      await Promise.resolve();
      return found;
    };
    await expect(Promise.all([looks.at('a', look), looks.at('a', look), looks.at('b', look)])).resolves.toEqual([
      1, 1, 2,
    ]);
    await expect(looks.at('a', look)).resolves.toBe(3);
  });

  it('that fail do so for all who wait, and not for who comes later', async () => {
    const looks = new SharedLooks<number>();
    const failing = (): Promise<number> => Promise.reject(new Error('away'));
    const all = await Promise.allSettled([looks.at('a', failing), looks.at('a', () => Promise.resolve(1))]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(looks.at('a', () => Promise.resolve(2))).resolves.toBe(2);
  });
});
