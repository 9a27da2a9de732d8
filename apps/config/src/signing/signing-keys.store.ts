import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  AlertAgentConfig,
  Clock,
  isUniqueViolation,
  newId,
  openSecretBox,
  SealBrokenError,
  withConnectionDeadline,
} from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { keyStatement } from './signed-text';
import { SigningKey } from './signing-key.entity';

/** A key as it is kept, sealed. */
export type StoredKey = SigningKey;

/** A key, opened. */
export interface OpenedKey {
  id: string;
  /** DER SPKI, base64. */
  publicKey: string;
  privateKey: KeyObject;
}

/** That one key follows another, signed by the other. */
export interface KeyStatement {
  /** DER SPKI of the key that says so, base64. */
  previous: string;
  /** DER SPKI of the key that follows it, base64. */
  key: string;
  /** Base64. */
  signature: string;
}

const ACTIVE = 'active';

/** What the keys are sealed for. */
const PURPOSE = 'config signing keys';

/** How long the look for another key may take, in milliseconds: it comes before the look for new revisions. */
const READ_DEADLINE_MS = 2_000;

/** Keeps the signing keys in the database, sealed with the installation's secret. */
@Injectable()
export class SigningKeysStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** The key all replicas sign with, made if there is none. Errors: SealBrokenError when the secret was changed or lost. */
  async active(): Promise<OpenedKey> {
    return this.open((await this.find()) ?? (await this.makeFirst()));
  }

  /** Id of the key that signs; null when there is none. Errors: ServiceError `unavailable` when the database hangs. */
  async activeId(): Promise<string | null> {
    const runner = this.dataSource.createQueryRunner();
    const read = (): Promise<SigningKey | null> =>
      runner.manager.findOne(SigningKey, { select: { id: true }, where: { slot: ACTIVE } });
    return (await withConnectionDeadline(runner, READ_DEADLINE_MS, read))?.id ?? null;
  }

  /**
   * Public key by id, for revisions signed before the active key. It is taken out of the sealed private one, so that nobody who can
   * only write to the database can have revisions of his own verified by it; of one that was given up, only that half is sealed. Null
   * when there is no such key.
   */
  async publicKey(id: string): Promise<string | null> {
    const row = await this.dataSource.manager.findOneBy(SigningKey, { id });
    if (!row) return null;
    return row.endedAt === null ? (await this.open(row)).publicKey : derOf(await this.openPublic(row));
  }

  /** A key that follows this one, not stored yet. */
  async successor(of: OpenedKey, createdBy: string): Promise<SigningKey> {
    const made = await this.make();
    const statement = sign(null, keyStatement(of.publicKey, made.publicKey), of.privateKey).toString('base64');
    return { ...made, createdBy, previousId: of.id, statement };
  }

  /** Puts one key in the place of the one it follows. Answers false when that one does not sign (any more). */
  async replace(tx: EntityManager, { previousId, createdAt, ...next }: SigningKey): Promise<boolean> {
    if (previousId === null) return false;
    const retired = { slot: previousId, retiredAt: createdAt };
    const { affected } = await tx.update(SigningKey, { id: previousId, slot: ACTIVE }, retired);
    if (!affected) return false;
    await tx.insert(SigningKey, { ...next, previousId, createdAt });
    return true;
  }

  /** Destroys the private halves of retired keys. Those that sign, or were given up before, stay as they are. */
  async end(tx: EntityManager, keys: readonly SigningKey[]): Promise<void> {
    const box = await openSecretBox(this.config, PURPOSE);
    for (const key of keys) {
      const der = Buffer.from((await this.open(key)).publicKey, 'base64');
      const ended = { privateKey: box.seal(der, key.id), endedAt: this.clock.now() };
      await tx.update(SigningKey, { id: key.id, slot: key.id, endedAt: IsNull() }, ended);
    }
  }

  /** All keys, the newest first. */
  list(): Promise<SigningKey[]> {
    return this.dataSource.manager.find(SigningKey, { order: { id: 'DESC' } });
  }

  /** What each key said about the one that followed it, the oldest first. Those that were given up say nothing any more. */
  async statements(): Promise<KeyStatement[]> {
    const rows = (await this.list()).reverse();
    const publicKeys = new Map(
      rows.flatMap(({ id, publicKey, endedAt }) => (endedAt ? [] : [[id, publicKey] as const])),
    );
    return rows.flatMap(({ previousId, publicKey, statement }) => {
      const previous = previousId === null ? undefined : publicKeys.get(previousId);
      return previous && statement ? [{ previous, key: publicKey, signature: statement }] : [];
    });
  }

  private find(): Promise<SigningKey | null> {
    return this.dataSource.manager.findOneBy(SigningKey, { slot: ACTIVE });
  }

  private async open(row: SigningKey): Promise<OpenedKey> {
    const box = await openSecretBox(this.config, PURPOSE);
    try {
      const privateKey = createPrivateKey({ key: box.open(row.privateKey, row.id), format: 'der', type: 'pkcs8' });
      return { id: row.id, publicKey: derOf(createPublicKey(privateKey)), privateKey };
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      throw new SealBrokenError(
        'the configuration signing key was sealed with another secret: restore security.secret_key or the secret.key file in data_dir',
        { cause: error },
      );
    }
  }

  private async openPublic(row: SigningKey): Promise<KeyObject> {
    const box = await openSecretBox(this.config, PURPOSE);
    return createPublicKey({ key: box.open(row.privateKey, row.id), format: 'der', type: 'spki' });
  }

  private async make(): Promise<SigningKey> {
    const box = await openSecretBox(this.config, PURPOSE);
    const pair = generateKeyPairSync('ed25519');
    const id = newId();
    return {
      id,
      slot: ACTIVE,
      publicKey: derOf(pair.publicKey),
      privateKey: box.seal(pair.privateKey.export({ format: 'der', type: 'pkcs8' }), id),
      createdAt: this.clock.now(),
      createdBy: null,
      retiredAt: null,
      endedAt: null,
      previousId: null,
      statement: null,
    };
  }

  private async makeFirst(): Promise<SigningKey> {
    const row = await this.make();
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

const derOf = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');
