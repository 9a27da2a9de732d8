import { ServiceError, type EndSigningKey, type SigningKeyView } from '@alertagent/contracts';
import { AuditLog, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { keyFingerprint } from '../signing/key-fingerprint';
import { SigningKeysStore, type StoredKey } from '../signing/signing-keys.store';
import { KeyReliance } from '../reports/key-reliance';
import { keyView } from './key-rotation';
import { LeftBehind } from './left-behind';

/** Gives retired keys up, so that there is nothing left of them to be stolen. */
@Injectable()
export class KeyEnd {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: SigningKeysStore,
    private readonly reliance: KeyReliance,
    private readonly leftBehind: LeftBehind,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Those before it go with it: what leads away from them leads to it. Repeating the order changes nothing.
   * Errors: ServiceError `not_found`, `conflict` for the key that signs, or as `LeftBehind.accepted`.
   */
  async end({ id, reason, leave_behind, actor }: EndSigningKey): Promise<SigningKeyView> {
    const ending = upTo(await this.keys.list(), id);
    const [key] = ending;
    if (!key) throw new ServiceError('not_found', 'no such signing key');
    if (key.retiredAt === null) throw new ServiceError('conflict', 'this key signs; replace it first');
    const left = ending.filter(({ endedAt }) => endedAt === null);
    if (left.length > 0) {
      const fingerprints = ending.map(({ publicKey }) => keyFingerprint(publicKey));
      const leftBehind = await this.leftBehind.accepted({ ending: fingerprints, named: leave_behind ?? [] });
      await inTransaction(this.dataSource, async (tx) => {
        await this.keys.end(tx, left);
        await this.audit.record(tx, {
          actor,
          action: 'config.end_key',
          resource_type: 'signing_key',
          resource_id: id,
          before: { ids: left.map((one) => one.id) },
          after: { reason, sidecars_left_behind: leftBehind },
        });
      });
    }
    const now = (await this.keys.list()).find((one) => one.id === id);
    return keyView(now ?? key, await this.reliance.count());
  }
}

/** The key and those that it follows, the newest first; none when there is no such key. */
function upTo(keys: readonly StoredKey[], id: string): StoredKey[] {
  const chain: StoredKey[] = [];
  for (let next: string | null = id; next !== null;) {
    const key = keys.find((one) => one.id === next);
    if (!key || chain.includes(key)) break;
    chain.push(key);
    next = key.previousId;
  }
  return chain;
}
