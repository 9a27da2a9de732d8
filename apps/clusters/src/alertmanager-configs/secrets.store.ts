import { Injectable } from '@nestjs/common';
import { MoreThan, type EntityManager } from 'typeorm';
import { secretEntity, type StoredSecret } from './secret.entity';

/** Sealed secrets; whoever changes one has the lock of the configuration. */
@Injectable()
export class SecretsStore {
  find(manager: EntityManager, name: string): Promise<StoredSecret | null> {
    return manager.findOneBy(secretEntity, { name });
  }

  /** By name; all unless a limit is given. */
  list(manager: EntityManager, after?: string | null, limit?: number): Promise<StoredSecret[]> {
    return manager.find(secretEntity, {
      where: after ? { name: MoreThan(after) } : {},
      order: { name: 'ASC' },
      take: limit,
    });
  }

  async save(tx: EntityManager, secret: StoredSecret): Promise<void> {
    await tx.upsert(secretEntity, secret, ['name']);
  }

  async delete(tx: EntityManager, name: string): Promise<void> {
    await tx.delete(secretEntity, { name });
  }
}
