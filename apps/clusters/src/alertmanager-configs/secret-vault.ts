import type { Actor } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, openSecretBox, SealBrokenError, type SecretBox } from '@alertagent/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredSecret } from './secret.entity';
import { SecretsStore } from './secrets.store';

/** Seals secrets before they are stored, and opens them where a file is made or judged. Nothing answers them to people. */
@Injectable()
export class SecretVault implements OnModuleInit {
  private box: SecretBox | null = null;

  constructor(
    private readonly store: SecretsStore,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    this.box = await openSecretBox(this.config, 'alertmanager secrets');
  }

  /** Keeps secrets by name; those that are the same already stay as they are. Answers the names that changed. */
  async keep(tx: EntityManager, secrets: ReadonlyMap<string, string>, actor: Actor): Promise<string[]> {
    const changed: string[] = [];
    for (const [name, value] of secrets) {
      const known = await this.store.find(tx, name);
      if (known && this.open(known) === value) continue;
      const now = this.clock.now();
      await this.store.save(tx, {
        name,
        sealed: this.sealed().seal(Buffer.from(value, 'utf8'), name),
        version: (known?.version ?? 0) + 1,
        author: actor.name.slice(0, 200),
        createdAt: known?.createdAt ?? now,
        updatedAt: now,
      });
      changed.push(name);
    }
    return changed;
  }

  /** Every secret by name, opened when it is asked for; null for one that is not there or was sealed with another key. */
  async openAll(manager: EntityManager): Promise<(name: string) => string | null> {
    const rows = new Map((await this.store.list(manager)).map((row) => [row.name, row]));
    return (name) => {
      const row = rows.get(name);
      return row ? this.open(row) : null;
    };
  }

  private open({ sealed, name }: StoredSecret): string | null {
    try {
      return this.sealed().open(sealed, name).toString('utf8');
    } catch (error) {
      if (error instanceof SealBrokenError) return null;
      throw error;
    }
  }

  private sealed(): SecretBox {
    if (!this.box) throw new Error('the key of the secrets has not been loaded');
    return this.box;
  }
}
