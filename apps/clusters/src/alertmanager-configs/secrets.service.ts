import { secretNames } from '@alertagent/alerting';
import {
  ServiceError,
  type AlertmanagerSecretPage,
  type AlertmanagerSecretView,
  type DeleteAlertmanagerSecret,
  type ListAlertmanagerSecrets,
  type SetAlertmanagerSecret,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConfigurationChanges } from './configuration-changes';
import type { StoredLayer } from './layer.entity';
import { LayersStore } from './layers.store';
import type { StoredSecret } from './secret.entity';
import { SecretVault } from './secret-vault';
import { SecretsStore } from './secrets.store';

const DEFAULT_LIMIT = 50;

/** Secrets that documents refer to: they can be given, replaced, listed and deleted, and never read. */
@Injectable()
export class SecretsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly layers: LayersStore,
    private readonly store: SecretsStore,
    private readonly vault: SecretVault,
    private readonly changes: ConfigurationChanges,
  ) {}

  /** By name. */
  async list({ cursor, limit }: ListAlertmanagerSecrets): Promise<AlertmanagerSecretPage> {
    const { manager } = this.dataSource;
    const size = limit ?? DEFAULT_LIMIT;
    const layers = await this.layers.list(manager, {});
    const found = await this.store.list(manager, cursor, size + 1);
    const items = found.slice(0, size).map((secret) => secretView(secret, layers));
    return { items, next_cursor: found.length > size ? (items.at(-1)?.name ?? null) : null };
  }

  /** The same value again changes nothing. Errors: `invalid` when a cluster that refers to it could not load its file with it. */
  async set({ name, value, actor }: SetAlertmanagerSecret): Promise<AlertmanagerSecretView> {
    return this.changes.commit(
      actor,
      async (tx) => {
        const before = await this.view(tx, name);
        const changed = await this.vault.keep(tx, new Map([[name, value]]), actor);
        const after = await this.view(tx, name);
        if (!after) throw new Error('the secret that was just kept is not there');
        const audit = { action: 'alertmanager-secret.set', ...resource(name), ...(before && { before }), after };
        return { result: after, touches: refersTo(name), audit: changed.length === 0 ? null : audit };
      },
      (problems) => {
        const errors = problems.map((problem) => ({ ...problem, pointer: '/value' }));
        return new ServiceError('invalid', `/value: ${errors[0]?.detail ?? ''}`.slice(0, 200), { errors });
      },
    );
  }

  /** Errors: `not_found`; `conflict` while a layer refers to it. */
  async delete({ name, actor }: DeleteAlertmanagerSecret): Promise<void> {
    const inUse = (detail: string): ServiceError => new ServiceError('conflict', detail.slice(0, 200));
    await this.changes.commit(
      actor,
      async (tx) => {
        const before = await this.view(tx, name);
        if (!before) throw new ServiceError('not_found', 'there is no such secret');
        if (before.used_by.length > 0) throw inUse(`layers refer to it: ${before.used_by.join(', ')}`);
        await this.store.delete(tx, name);
        const audit = { action: 'alertmanager-secret.deleted', ...resource(name), before };
        return { result: undefined, touches: refersTo(name), audit };
      },
      () => inUse('a cluster could not do without it'),
    );
  }

  private async view(tx: EntityManager, name: string): Promise<AlertmanagerSecretView | null> {
    const secret = await this.store.find(tx, name);
    return secret && secretView(secret, await this.layers.list(tx, {}));
  }
}

const refersTo =
  (name: string) =>
  ({ document }: StoredLayer): boolean =>
    secretNames(document).includes(name);

/** The record names things with at most 128 characters. */
const resource = (name: string) => ({ resource_type: 'alertmanager-secret', resource_id: name.slice(0, 128) });

function secretView(secret: StoredSecret, layers: readonly StoredLayer[]): AlertmanagerSecretView {
  const { name, version, author } = secret;
  const [created_at, updated_at] = [secret.createdAt.toISOString(), secret.updatedAt.toISOString()];
  const used_by = layers.filter(refersTo(name)).map((layer) => layer.name);
  return { name, version, author, created_at, updated_at, used_by };
}
