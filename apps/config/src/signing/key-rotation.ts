import { ServiceError, type RotateSigningKey, type SigningKeyList, type SigningKeyView } from '@alertagent/contracts';
import { AuditLog, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConfigSigner } from './config-signer';
import type { SigningKey } from './signing-key.entity';
import { SigningKeysStore } from './signing-keys.store';

/** Replaces the key that signs. Processes that share the database take the new one over within a second. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: SigningKeysStore,
    private readonly signer: ConfigSigner,
    private readonly audit: AuditLog,
  ) {}

  /** All keys, the newest first. */
  async list(): Promise<SigningKeyList> {
    return { items: (await this.keys.list()).map(keyView) };
  }

  /** Errors: ServiceError `conflict` unless the key to be replaced is the one that signs. */
  async rotate({ replaces, reason, actor }: RotateSigningKey): Promise<SigningKeyView> {
    const active = await this.keys.active();
    if (active.id !== replaces) throw otherKey();
    const next = await this.keys.successor(active, actor.name);
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await this.keys.replace(tx, next))) throw otherKey();
      await this.audit.record(tx, {
        actor,
        action: 'config.rotate_key',
        resource_type: 'signing_key',
        resource_id: next.id,
        before: { id: active.id, public_key: active.publicKey },
        after: { id: next.id, public_key: next.publicKey, reason },
      });
    });
    await this.signer.refresh();
    return keyView(next);
  }
}

const otherKey = (): ServiceError => new ServiceError('conflict', 'another key signs now; look at the list again');

function keyView({ id, publicKey, createdAt, createdBy, retiredAt, previousId }: SigningKey): SigningKeyView {
  return {
    id,
    state: retiredAt ? 'retired' : 'active',
    public_key: publicKey,
    created_at: createdAt.toISOString(),
    created_by: createdBy,
    retired_at: retiredAt?.toISOString() ?? null,
    previous_id: previousId,
  };
}
