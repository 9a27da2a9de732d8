import { ServiceError, type Actor } from '@alertagent/contracts';
import {
  AuditLog,
  Clock,
  inTransaction,
  newId,
  newToken,
  SharedCache,
  tokenHash,
  type Principal,
} from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan, type EntityManager } from 'typeorm';
import type { ApiTokenInput, ApiTokenPage, ApiTokenView, IssuedApiToken } from './api-token.dto';
import { ApiToken } from './api-token.entity';

const DEFAULT_PAGE = 50;
/** How long a token's standing may be taken from the cache: the longest a revocation can go unnoticed. */
const CACHED_MS = 1_000;
/** `last_used_at` is a hint for people who tidy up, not a log: one write a minute is enough. */
const LAST_USED_EVERY_MS = 60_000;

/** Issues, lists, revokes and checks the tokens of people and of workflows. */
@Injectable()
export class ApiTokensService {
  private readonly lastUsed = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditLog,
    private readonly cache: SharedCache,
    private readonly clock: Clock,
  ) {}

  /** Creates a token and returns it once. */
  async issue(input: ApiTokenInput, actor: Actor): Promise<IssuedApiToken> {
    if (Boolean(input.role) === Boolean(input.purpose)) {
      const detail = 'give either a role (a person) or a purpose (a workflow callback)';
      throw new ServiceError('invalid', detail, { errors: [{ pointer: '/role', code: 'role_or_purpose', detail }] });
    }
    const expiresAt = input.expires_at ? new Date(input.expires_at) : null;
    if (expiresAt && !(expiresAt.getTime() > this.clock.now().getTime())) {
      const detail = 'expected a time in the future';
      throw new ServiceError('invalid', detail, { errors: [{ pointer: '/expires_at', code: 'past', detail }] });
    }
    const token = newToken(input.role ?? `callback_${input.purpose}`);
    const row = await inTransaction(this.dataSource, (tx) =>
      this.store(
        tx,
        { id: newId(), name: input.name, role: input.role ?? null, purpose: input.purpose ?? null, expiresAt },
        token,
        actor,
      ),
    );
    return { ...viewOf(row), token };
  }

  /** Stores a token that already exists, in the caller's transaction. */
  async store(
    tx: EntityManager,
    given: Pick<ApiToken, 'id' | 'name' | 'role' | 'purpose' | 'expiresAt'>,
    token: string,
    actor: Actor,
  ): Promise<ApiToken> {
    const row: ApiToken = {
      ...given,
      tokenHash: tokenHash(token),
      createdBy: actor.name,
      createdAt: this.clock.now(),
      revokedAt: null,
      lastUsedAt: null,
    };
    await tx.getRepository(ApiToken).insert(row);
    await this.audit.record(tx, {
      actor,
      action: 'token.issued',
      resource_type: 'token',
      resource_id: row.id,
      after: viewOf(row),
    });
    return row;
  }

  /** Newest first. */
  async list(cursor: string | null | undefined, limit: number | null | undefined): Promise<ApiTokenPage> {
    const take = limit ?? DEFAULT_PAGE;
    const rows = await this.dataSource.getRepository(ApiToken).find({
      where: cursor ? { id: LessThan(cursor) } : {},
      order: { id: 'DESC' },
      take: take + 1,
    });
    const items = rows.slice(0, take).map(viewOf);
    return { items, next_cursor: rows.length > take ? (items.at(-1)?.id ?? null) : null };
  }

  async get(id: string): Promise<ApiTokenView> {
    const row = await this.dataSource.getRepository(ApiToken).findOneBy({ id });
    if (!row) throw new ServiceError('not_found', 'there is no such token');
    return viewOf(row);
  }

  /** Ends a token; it is refused from then on. Revoking twice is no error. */
  async revoke(id: string, actor: Actor): Promise<void> {
    const tokens = this.dataSource.getRepository(ApiToken);
    const row = await tokens.findOneBy({ id });
    if (!row) throw new ServiceError('not_found', 'there is no such token');
    await inTransaction(this.dataSource, async (tx) => {
      const revokedAt = this.clock.now();
      const { affected } = await tx.getRepository(ApiToken).update({ id, revokedAt: IsNull() }, { revokedAt });
      if (!affected) return;
      await this.audit.record(tx, {
        actor,
        action: 'token.revoked',
        resource_type: 'token',
        resource_id: id,
        before: viewOf(row),
      });
    });
    await this.cache.delete(cacheKey(row.tokenHash));
  }

  /** Who holds the token; null when nobody issued it or it is expired or revoked. */
  async authenticate(token: string): Promise<Principal | null> {
    const hash = tokenHash(token);
    const cached = await this.cache.get(cacheKey(hash));
    if (cached !== null && cached !== undefined) return JSON.parse(cached) as Principal;
    const row = await this.dataSource.getRepository(ApiToken).findOneBy({ tokenHash: hash });
    const now = this.clock.now();
    if (!row || row.revokedAt || (row.expiresAt && row.expiresAt <= now)) return null;
    const principal = principalOf(row);
    await this.cache.set(cacheKey(hash), JSON.stringify(principal), CACHED_MS);
    await this.noteUse(row, now);
    return principal;
  }

  private async noteUse(row: ApiToken, now: Date): Promise<void> {
    const noted = this.lastUsed.get(row.id) ?? 0;
    if (now.getTime() - noted < LAST_USED_EVERY_MS) return;
    this.lastUsed.set(row.id, now.getTime());
    await this.dataSource.getRepository(ApiToken).update({ id: row.id }, { lastUsedAt: now });
  }
}

const cacheKey = (hash: string): string => `api-token:${hash}`;

function principalOf(row: ApiToken): Principal {
  if (row.role) return { kind: 'user', id: row.id, name: row.name, role: row.role };
  if (row.purpose) return { kind: 'callback', id: row.id, name: row.name, purpose: row.purpose };
  throw new Error(`token ${row.id} has neither role nor purpose`);
}

function viewOf(row: ApiToken): ApiTokenView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    purpose: row.purpose,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
  };
}
