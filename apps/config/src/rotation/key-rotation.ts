import { ServiceError, type RotateSigningKey, type SigningKeyList, type SigningKeyView } from '@alertagent/contracts';
import { AuditLog, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConfigSigner } from '../signing/config-signer';
import { keyFingerprint } from '../signing/key-fingerprint';
import { SigningKeysStore, type StoredKey } from '../signing/signing-keys.store';
import { KeyReliance, type Reliance } from '../reports/key-reliance';
import { LeftBehind } from './left-behind';

/** Replaces the key that signs. Processes that share the database take the new one over within a second. */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: SigningKeysStore,
    private readonly signer: ConfigSigner,
    private readonly reliance: KeyReliance,
    private readonly leftBehind: LeftBehind,
    private readonly audit: AuditLog,
  ) {}

  /** All keys, the newest first, and how many sidecars rest on each. */
  async list(): Promise<SigningKeyList> {
    const reliance = await this.reliance.count();
    const items = (await this.keys.list()).map((key) => keyView(key, reliance));
    return { items, unknown_sidecars: reliance.unknown, foreign_sidecars: reliance.foreign };
  }

  /** Errors: ServiceError `conflict` unless the key to be replaced is the one that signs, or as `LeftBehind.accepted`. */
  async rotate({ replaces, reason, leave_behind, actor }: RotateSigningKey): Promise<SigningKeyView> {
    const active = await this.keys.active();
    if (active.id !== replaces) throw otherKey();
    const leftBehind = await this.leftBehind.accepted({ ending: [], named: leave_behind ?? [] });
    const next = await this.keys.successor(active, actor.name);
    await inTransaction(this.dataSource, async (tx) => {
      if (!(await this.keys.replace(tx, next))) throw otherKey();
      await this.audit.record(tx, {
        actor,
        action: 'config.rotate_key',
        resource_type: 'signing_key',
        resource_id: next.id,
        before: { id: active.id, public_key: active.publicKey },
        after: { id: next.id, public_key: next.publicKey, reason, sidecars_left_behind: leftBehind },
      });
    });
    await this.signer.refresh();
    return keyView(next, await this.reliance.count());
  }
}

const otherKey = (): ServiceError => new ServiceError('conflict', 'another key signs now; look at the list again');

/** A key as it is shown, with how many rest on it. */
export function keyView(key: StoredKey, { resting }: Reliance): SigningKeyView {
  const { id, publicKey, createdAt, createdBy, retiredAt, endedAt, previousId } = key;
  const fingerprint = keyFingerprint(publicKey);
  return {
    id,
    state: retiredAt ? 'retired' : 'active',
    public_key: publicKey,
    fingerprint,
    sidecars: resting.get(fingerprint) ?? 0,
    created_at: createdAt.toISOString(),
    created_by: createdBy,
    retired_at: retiredAt?.toISOString() ?? null,
    ended_at: endedAt?.toISOString() ?? null,
    previous_id: previousId,
  };
}
