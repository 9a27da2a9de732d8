import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Actor } from '@alertagent/contracts';
import {
  AlertAgentConfig,
  inTransaction,
  isUniqueViolation,
  LOGGER,
  newToken,
  tokenHash,
  type Logger,
} from '@alertagent/service-kit';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, IsNull, Not } from 'typeorm';
import { ApiToken } from './api-token.entity';
import { ApiTokensService } from './api-tokens.service';

/** The row of the first token has a fixed id: of several gateways that start at once, one creates it. */
const FIRST_ADMIN_ID = '00000000-0000-7000-8000-000000000001';
const SYSTEM: Actor = { kind: 'system', id: 'gateway', name: 'gateway start' };

/** Where a generated first token is kept, readable by the owner only. */
export const adminTokenFile = (dataDir: string): string => join(dataDir, 'admin-token');

/**
 * Makes sure that somebody can get in: the configured administrator token, or one generated at the very first
 * start, printed once and stored 0600 in the data directory.
 */
@Injectable()
export class FirstAdminToken implements OnApplicationBootstrap {
  constructor(
    private readonly config: AlertAgentConfig,
    private readonly dataSource: DataSource,
    private readonly tokens: ApiTokensService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const configured = this.config.security.admin_token;
    if (configured) await this.useConfigured(configured);
    else await this.generateOnce();
  }

  private async useConfigured(token: string): Promise<void> {
    const known = await this.dataSource.getRepository(ApiToken).findOneBy({ id: FIRST_ADMIN_ID });
    if (known?.tokenHash === tokenHash(token) && !known.revokedAt) return;
    await inTransaction(this.dataSource, async (tx) => {
      // A changed configuration replaces the token it named before.
      await tx.getRepository(ApiToken).delete({ id: FIRST_ADMIN_ID });
      await this.tokens.store(tx, this.firstAdmin('configured administrator'), token, SYSTEM);
    }).catch((error: unknown) => this.ignoreOtherGateway(error));
  }

  private async generateOnce(): Promise<void> {
    const admins = this.dataSource.getRepository(ApiToken);
    if (await admins.existsBy({ role: 'admin', revokedAt: IsNull(), id: Not('') })) return;
    const file = adminTokenFile(this.config.data_dir);
    // The file outlives a database that was thrown away; its owner keeps access.
    const token = existsSync(file) ? readFileSync(file, 'utf8').trim() : newToken('admin');
    try {
      await inTransaction(this.dataSource, (tx) =>
        this.tokens.store(tx, this.firstAdmin('first administrator'), token, SYSTEM),
      );
    } catch (error) {
      return this.ignoreOtherGateway(error);
    }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${token}\n`, { mode: 0o600 });
    // Straight to the terminal: the logger would redact it, which is right for every other line.
    process.stdout.write(`First administrator token (also in ${file}): ${token}\n`);
  }

  private firstAdmin(name: string) {
    return { id: FIRST_ADMIN_ID, name, role: 'admin', purpose: null, expiresAt: null } as const;
  }

  private ignoreOtherGateway(error: unknown): void {
    if (!isUniqueViolation(error)) throw error;
    this.log.info({}, 'another gateway set up the administrator token');
  }
}
