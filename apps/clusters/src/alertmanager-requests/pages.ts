import { ServiceError } from '@alertagent/contracts';

/** A page also ends here, in characters of JSON: what crosses the bus has a limit. */
const MAX_PAGE_CHARACTERS = 512 * 1024;
const DEFAULT_LIMIT = 50;

/** Where an item stands in a list over clusters. */
export const positionOf = (clusterId: string, id: string): string => `${clusterId}.${id}`;

/** Which page was asked for. */
export interface PageOf {
  size: number;
  /** Only what comes after this position. */
  after: string | null;
  /** The cluster to go on with. */
  fromCluster: string | null;
}

/** Errors: `invalid` when the cursor is none of ours. */
export function pageOf({ cursor, limit }: { cursor?: string | null; limit?: number | null }): PageOf {
  const size = limit ?? DEFAULT_LIMIT;
  if (!cursor) return { size, after: null, fromCluster: null };
  const match = /^([0-9a-f-]{36})\.[A-Za-z0-9-]{1,64}$/.exec(cursor);
  if (!match) {
    throw new ServiceError('invalid', '/cursor: not a cursor of this list', {
      errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
    });
  }
  return { size, after: cursor, fromCluster: match[1]! };
}

/** Gathers what several members list, each item once, and keeps no more of it than the page can need. */
export class PageItems<T extends { members: string[] }> {
  private readonly items = new Map<string, T>();

  /** `isShownBefore`: of two members that tell differently of an item, whose is shown. */
  constructor(
    private readonly page: PageOf,
    private readonly isShownBefore: (one: T, other: T) => boolean = () => false,
  ) {}

  /** The same item from another member adds that member. */
  add(position: string, item: T): void {
    if (this.page.after !== null && position <= this.page.after) return;
    const known = this.items.get(position);
    const members = [...new Set([...(known?.members ?? []), ...item.members])].sort();
    const shown = known && !this.isShownBefore(item, known) ? known : item;
    this.items.set(position, { ...shown, members });
    if (this.items.size > this.page.size * 4 + 100) this.trim();
  }

  /** Those of the page, in order. */
  result(): { items: T[]; next_cursor: string | null } {
    const inOrder = this.inOrder();
    let characters = 0;
    const taken: [string, T][] = [];
    for (const entry of inOrder.slice(0, this.page.size)) {
      characters += JSON.stringify(entry[1]).length;
      if (taken.length > 0 && characters > MAX_PAGE_CHARACTERS) break;
      taken.push(entry);
    }
    const isMore = inOrder.length > taken.length;
    return { items: taken.map(([, item]) => item), next_cursor: isMore ? (taken.at(-1)?.[0] ?? null) : null };
  }

  /** What so many others come before can't be on the page, whoever else lists it. */
  private trim(): void {
    for (const [position] of this.inOrder().slice(this.page.size + 1)) this.items.delete(position);
  }

  private inOrder(): [string, T][] {
    return [...this.items].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
