import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  AlertAgentConfig,
  Clock,
  isUniqueViolation,
  newId,
  openSecretBox,
  SealBrokenError,
  type SecretBox,
} from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SigningKey } from './signing-key.entity';

/** The key that signs, opened. */
export interface ActiveKey {
  id: string;
  /** DER SPKI, base64. */
  publicKey: string;
  privateKey: KeyObject;
}

const ACTIVE = 'active';

/** Keeps the signing key in the database, sealed with the installation's secret. */
@Injectable()
export class SigningKeysStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** The key all replicas sign with, made if there is none. Errors: SealBrokenError when the secret was changed or lost. */
  async active(): Promise<ActiveKey> {
    const box = await openSecretBox(this.config, 'config signing keys');
    const row = (await this.find()) ?? (await this.make(box));
    try {
      const der = box.open(row.privateKey, row.id);
      return {
        id: row.id,
        publicKey: row.publicKey,
        privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
      };
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      throw new SealBrokenError(
        'the configuration signing key was sealed with another secret: restore security.secret_key or the secret.key file in data_dir',
        { cause: error },
      );
    }
  }

  /** Public key by id, for revisions signed before the active key. */
  async publicKey(id: string): Promise<string | null> {
    const row = await this.dataSource.manager.findOneBy(SigningKey, { id });
    return row?.publicKey ?? null;
  }

  private find(): Promise<SigningKey | null> {
    return this.dataSource.manager.findOneBy(SigningKey, { slot: ACTIVE });
  }

  private async make(box: SecretBox): Promise<SigningKey> {
    const pair = generateKeyPairSync('ed25519');
    const id = newId();
    const row: SigningKey = {
      id,
      slot: ACTIVE,
      publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      privateKey: box.seal(pair.privateKey.export({ format: 'der', type: 'pkcs8' }), id),
      createdAt: this.clock.now(),
    };
    try {
      await this.dataSource.manager.insert(SigningKey, row);
      return row;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      // Another replica was first; its key is the one.
      const theirs = await this.find();
      if (!theirs) throw error;
      return theirs;
    }
  }
}
