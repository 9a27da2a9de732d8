import { revisionPublished, revisionRefused, type Actor, type RevisionRule } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConfigKey } from '../revisions/config-key';
import type { Revision } from '../revisions/revision';
import { RevisionsStore } from '../revisions/revisions.store';
import { ConfigSigner, type RevisionSignature } from '../signing/config-signer';

/** A file that passed every check. */
export interface AcceptedFile {
  content: string;
  hash: string;
  manifest: RevisionRule[];
  emptyConfirmed: boolean;
  /** SHA-256 of the contents that it may follow although it lacks many of their rules. */
  confirmedFrom: string[];
  /** The earlier revision whose content it brings back. */
  restores?: number;
}

/** A file that must not be served, and why. */
export interface RefusedFile {
  /** Empty, as the hash, when the file could not even be rendered. */
  content: string;
  hash: string;
  manifest: RevisionRule[];
  reason: string;
  /** The rules that this keeps from being distributed. */
  heldBack: RevisionRule[];
}

/** Publishing on behalf of a rollout that holds the configuration. */
export interface RolloutPublication {
  rolloutId: string;
  /** Notes in the same transaction that it happened. Errors: whatever it throws undoes the publication. */
  note: (tx: EntityManager) => Promise<void>;
}

const UNSIGNED: { [field in keyof RevisionSignature]: null } = { signature: null, removalSignature: null, keyId: null };

const ACTOR: Actor = { kind: 'system', id: 'config', name: 'config' };

/** Writes down what became of a render: revision, head, audit record and event together or not at all. */
@Injectable()
export class RevisionWriter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly revisions: RevisionsStore,
    private readonly signer: ConfigSigner,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Signs and publishes revision number `revision`. Errors: a unique violation when that number is taken;
   * HeldConfiguration when somebody (else) holds the configuration.
   */
  async publish(
    key: ConfigKey,
    revision: number,
    file: AcceptedFile,
    rollout: RolloutPublication | null = null,
  ): Promise<Revision> {
    const row = this.row(key, revision, file);
    const published: Revision = { ...row, status: 'published', reason: null, ...(await this.signer.sign(row)) };
    await inTransaction(this.dataSource, async (tx) => {
      await this.revisions.add(tx, published, rollout?.rolloutId ?? null);
      await rollout?.note(tx);
      await this.outbox.add(tx, revisionPublished, {
        cluster_id: key.clusterId,
        type: key.type,
        revision,
        hash: file.hash,
        rules: file.manifest,
        published_at: row.createdAt.toISOString(),
      });
      await this.record(tx, published);
    });
    return published;
  }

  /** Keeps revision number `revision` as evidence without serving it. Errors: as `publish`. */
  async refuse(key: ConfigKey, revision: number, file: RefusedFile, rolloutId: string | null = null): Promise<void> {
    const { reason, heldBack } = file;
    const row = this.row(key, revision, { ...file, emptyConfirmed: false, confirmedFrom: [] });
    const refused: Revision = { ...row, status: 'refused', reason, ...UNSIGNED };
    await inTransaction(this.dataSource, async (tx) => {
      await this.revisions.add(tx, refused, rolloutId);
      await this.outbox.add(tx, revisionRefused, {
        cluster_id: key.clusterId,
        type: key.type,
        reason,
        rules: heldBack,
        refused_at: row.createdAt.toISOString(),
      });
      await this.record(tx, refused);
    });
  }

  private row(
    key: ConfigKey,
    revision: number,
    file: AcceptedFile,
  ): Omit<Revision, 'status' | 'reason' | keyof RevisionSignature> {
    const { content, hash, manifest, emptyConfirmed, confirmedFrom, restores = null } = file;
    const bytes = Buffer.byteLength(content, 'utf8');
    return {
      id: newId(),
      ...key,
      revision,
      content,
      hash,
      bytes,
      rules: manifest.length,
      manifest,
      emptyConfirmed,
      confirmedFrom: confirmedFrom.length > 0 ? confirmedFrom : null,
      createdAt: this.clock.now(),
      restores,
    };
  }

  private async record(tx: EntityManager, row: Revision): Promise<void> {
    const { clusterId, type, revision, hash, rules, reason, confirmedFrom } = row;
    await this.audit.record(tx, {
      actor: ACTOR,
      action: `config.${row.status}`,
      resource_type: 'config_revision',
      resource_id: row.id,
      after: { cluster_id: clusterId, type, revision, hash, rules, reason, confirmed_from: confirmedFrom },
    });
  }
}
