import { PageItems, pageOf, positionOf } from './pages';

const CLUSTER = '01900000-0000-7000-8000-00000000000a';
interface Item {
  name: string;
  members: string[];
}
const item = (name: string, member = 'm'): Item => ({ name, members: [member] });
const at = (name: string): string => positionOf(CLUSTER, name);

describe('pages of what members list', () => {
  it('hold each item once, with all who list it, in whatever order they answer', () => {
    const items = new PageItems<Item>(pageOf({ limit: 2 }));
    for (const name of ['c', 'a', 'b']) items.add(at(name), item(name, 'm1'));
    for (const name of ['b', 'a']) items.add(at(name), item(name, 'm0'));
    expect(items.result()).toEqual({
      items: [
        { name: 'a', members: ['m0', 'm1'] },
        { name: 'b', members: ['m0', 'm1'] },
      ],
      next_cursor: at('b'),
    });
  });

  it('follow each other without a gap, also when far more is listed than is kept', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => String(index).padStart(4, '0'));
    const seen: string[] = [];
    for (let cursor: string | null = null, pages = 0; pages < 60; pages += 1) {
      const items: PageItems<Item> = new PageItems<Item>(pageOf({ cursor, limit: 100 }));
      for (const name of [...names].reverse()) items.add(at(name), item(name));
      const page: { items: Item[]; next_cursor: string | null } = items.result();
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    expect(seen).toEqual(names);
  });

  it('end before they are too large for the bus, and never without an item', () => {
    const items = new PageItems<Item>(pageOf({ limit: 500 }));
    for (const name of ['a', 'b', 'c']) items.add(at(name), item(`${name}${'x'.repeat(400_000)}`));
    expect(items.result().items).toHaveLength(1);
    expect(items.result().next_cursor).toBe(at('a'));
  });

  it('show what the more urgent of two members says', () => {
    const items = new PageItems<Item>(pageOf({}), (one, other) => one.name > other.name);
    items.add(at('a'), item('calm', 'm0'));
    items.add(at('a'), item('urgent', 'm1'));
    items.add(at('a'), item('calm', 'm2'));
    expect(items.result().items).toEqual([{ name: 'urgent', members: ['m0', 'm1', 'm2'] }]);
  });

  it('are refused for a cursor of something else', () => {
    expect(() => pageOf({ cursor: 'x' })).toThrow('cursor');
  });
});
