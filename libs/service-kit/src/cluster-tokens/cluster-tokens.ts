import {
  findClusterToken,
  ServiceError,
  type ClusterTokenGrant,
  type ClusterTokenRevoked,
  type ServiceName,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { DataSource, Repository } from 'typeorm';
import { tokenHash } from '../access/token-text';
import type { Bus } from '../bus/bus';
import type { Clock } from '../clock/clock';
import { toDatabaseServiceError } from '../database/database-errors';
import { knownClusterTokensEntity, type KnownClusterToken } from './cluster-tokens-table';
import { TokenReads } from './token-reads';

/** How long an answer is taken from memory. With the way of the announcement a revocation is noticed within a second. */
const FRESH_MS = 500;
const MAX_REMEMBERED = 10_000;

const MACHINE_TOKEN = /^aat_(webhook|sync)_/;

/** How long the database may take: a hanging one must not keep sidecars from the answer we remember, nor senders waiting. */
const LOOK_DEADLINE_MS = 1_000;
/** The same when there is an answer to fall back on. */
const KNOWN_LOOK_DEADLINE_MS = 500;

interface Remembered {
  token: KnownClusterToken | null;
  at: number;
}

/**
 * Authenticates machine tokens without asking anybody: `clusters` announces each token's hash, this service keeps
 * it. A token whose announcement has not arrived yet is looked up at `clusters` once.
 */
@Injectable()
export class ClusterTokens {
  private readonly memory = new Map<string, Remembered>();
  private readonly looks = new Map<string, Promise<KnownClusterToken | null>>();
  private readonly table: Repository<KnownClusterToken>;
  private readonly reads: TokenReads;

  constructor(
    dataSource: DataSource,
    private readonly bus: Bus,
    private readonly clock: Clock,
    service: ServiceName,
  ) {
    this.table = dataSource.getRepository(knownClusterTokensEntity(service));
    this.reads = new TokenReads(this.table);
  }

  /** What the token grants; null when nobody issued it or it is expired or revoked. Throws `unavailable` when that can't be told. */
  async find(token: string): Promise<ClusterTokenGrant | null> {
    const remembered = this.findRemembered(token);
    if (remembered !== undefined) return remembered;
    const hash = tokenHash(token);
    const now = this.clock.now().getTime();
    return grantOf(await this.look(hash, this.memory.get(hash)), now);
  }

  /** The same as `find` when it was looked up a moment ago; undefined when it has to be looked up. */
  findRemembered(token: string): ClusterTokenGrant | null | undefined {
    if (!MACHINE_TOKEN.test(token)) return null;
    const remembered = this.memory.get(tokenHash(token));
    if (!remembered) return undefined;
    const now = this.clock.now().getTime();
    // A clock that was set back must not make an old answer fresh.
    const ageMs = now - remembered.at;
    return ageMs >= 0 && ageMs < FRESH_MS ? grantOf(remembered.token, now) : undefined;
  }

  /** Takes in an announcement; one that comes after its revocation does not bring the token back. */
  async learn(grant: ClusterTokenGrant): Promise<void> {
    const token: KnownClusterToken = {
      tokenHash: grant.token_hash,
      tokenId: grant.token_id,
      clusterId: grant.cluster_id,
      clusterName: grant.cluster_name,
      purpose: grant.purpose,
      expiresAt: grant.expires_at ? new Date(grant.expires_at) : null,
      revokedAt: null,
    };
    await this.table.createQueryBuilder().insert().values(token).orIgnore().execute();
    this.memory.delete(grant.token_hash);
  }

  /** Takes in a revocation, also of a token not heard of yet. */
  async forget(revoked: ClusterTokenRevoked): Promise<void> {
    const revokedAt = new Date(revoked.revoked_at);
    await this.table
      .createQueryBuilder()
      .insert()
      .values({
        tokenHash: revoked.token_hash,
        tokenId: revoked.token_id,
        clusterId: revoked.cluster_id,
        clusterName: '',
        purpose: 'sync',
        expiresAt: null,
        revokedAt,
      })
      .orIgnore()
      .execute();
    await this.table.update({ tokenHash: revoked.token_hash }, { revokedAt });
    this.memory.delete(revoked.token_hash);
  }

  /** Looks a token up; callers who come meanwhile wait for the same look, so that a hanging database gathers no queue. */
  private look(hash: string, remembered: Remembered | undefined): Promise<KnownClusterToken | null> {
    const looking = this.looks.get(hash) ?? this.lookUp(hash, remembered).finally(() => this.looks.delete(hash));
    this.looks.set(hash, looking);
    return looking;
  }

  private async lookUp(hash: string, remembered: Remembered | undefined): Promise<KnownClusterToken | null> {
    try {
      const deadlineMs = remembered?.token ? KNOWN_LOOK_DEADLINE_MS : LOOK_DEADLINE_MS;
      const known = await beforeDeadline(this.reads.find(hash), deadlineMs);
      return this.remember(hash, known ?? (await this.askOwner(hash)));
    } catch (cause) {
      // With the database away, a token that was good a moment ago stays good: sidecars must keep their last files.
      if (remembered?.token) return this.remember(hash, remembered.token);
      const error = toDatabaseServiceError(cause);
      throw error instanceof ServiceError
        ? error
        : new ServiceError('unavailable', 'the token could not be checked', { cause });
    }
  }

  private async askOwner(hash: string): Promise<KnownClusterToken | null> {
    try {
      await this.learn(await this.bus.request(findClusterToken, { token_hash: hash }));
      return await this.table.findOneBy({ tokenHash: hash });
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'not_found') return null;
      throw error;
    }
  }

  private remember(hash: string, token: KnownClusterToken | null): KnownClusterToken | null {
    // The one not looked up for longest goes: a spray of made-up tokens must not push out those in use.
    this.memory.delete(hash);
    for (const [oldest] of this.memory) {
      if (this.memory.size < MAX_REMEMBERED) break;
      this.memory.delete(oldest);
    }
    this.memory.set(hash, { token, at: this.clock.now().getTime() });
    return token;
  }
}

/** What a token is good for at `now`, in epoch milliseconds. */
function grantOf(known: KnownClusterToken | null, now: number): ClusterTokenGrant | null {
  if (!known || known.revokedAt || (known.expiresAt && known.expiresAt.getTime() <= now)) return null;
  return {
    token_id: known.tokenId,
    cluster_id: known.clusterId,
    cluster_name: known.clusterName,
    purpose: known.purpose,
    token_hash: known.tokenHash,
    expires_at: known.expiresAt?.toISOString() ?? null,
  };
}

/** The result, or `unavailable` when it takes too long. */
async function beforeDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new ServiceError('unavailable', 'the token could not be checked in time')),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
