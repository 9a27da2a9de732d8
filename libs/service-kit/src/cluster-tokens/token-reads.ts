import { In, type Repository } from 'typeorm';
import type { KnownClusterToken } from './cluster-tokens-table';

/** Most tokens in one statement; far below what any database takes. */
const BATCH = 500;

type Read = Promise<Map<string, KnownClusterToken>>;

/** Reads tokens from the table. Callers of the same moment share a statement: after a restart everybody asks at once. */
export class TokenReads {
  private gathering: { hashes: Set<string>; read: Read } | null = null;

  constructor(private readonly table: Repository<KnownClusterToken>) {}

  /** The token with this hash; null when it is not in the table. */
  async find(hash: string): Promise<KnownClusterToken | null> {
    const { hashes, read } = (this.gathering ??= this.gather());
    hashes.add(hash);
    if (hashes.size >= BATCH) this.gathering = null;
    return (await read).get(hash) ?? null;
  }

  private gather(): { hashes: Set<string>; read: Read } {
    const hashes = new Set<string>();
    // After everything that this turn of the event loop has received.
    const read = new Promise((resolve) => setImmediate(resolve)).then(() => {
      if (this.gathering?.hashes === hashes) this.gathering = null;
      return this.readAll([...hashes]);
    });
    return { hashes, read };
  }

  private async readAll(hashes: string[]): Read {
    const found = await this.table.findBy({ tokenHash: In(hashes) });
    return new Map(found.map((token) => [token.tokenHash, token]));
  }
}
